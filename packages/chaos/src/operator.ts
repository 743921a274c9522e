import { setTimeout as pause } from 'node:timers/promises';
import { PUBLISHERS, type SagaService } from '@quadrille/contracts';
import { DOUBLED } from './schedule/kinds.js';
import type { ChaoticSystem } from './system/chaotic-system.js';

const PAGE = 200;
const LOOK_EVERY_MS = 250;

interface Letter {
  readonly id: string;
  readonly key: string;
  readonly code: string;
  readonly state: string;
}

const isPublisher = (service: SagaService): boolean => PUBLISHERS.includes(service);

/** The number of dead letters per decision. */
export interface Decided {
  readonly discarded: number;
  readonly redriven: number;
}

/**
 * Acts as an operator after the faults: discards dead letters that are not events of the system and redrives the others, until
 * none is left or `withinMs` have passed.
 */
export async function operate({ instances }: ChaoticSystem, withinMs: number): Promise<Decided> {
  const deadline = Date.now() + withinMs;
  let [discarded, redriven] = [0, 0];
  for (;;) {
    let waiting = 0;
    for (const service of DOUBLED) {
      const url = (
        instances.get(`${service}-1`)!.runs ? instances.get(`${service}-1`)! : instances.get(`${service}-2`)!
      ).adminUrl;
      const letters = await lettersOf(url).catch(() => undefined);
      // An instance that does not answer yet is queried again.
      if (!letters) waiting++;
      for (const { id, code, state } of letters ?? []) {
        waiting++;
        if (state !== 'dead') continue;
        const isOurs = code === 'step-failed' || code === 'database' || code === 'store-failed';
        const done = await post(`${url}/dead-letters/${id}/${isOurs ? 'redrive' : 'discard'}`).catch(() => false);
        if (done && isOurs) redriven++;
        if (done && !isOurs) discarded++;
      }
      if (!isPublisher(service)) continue;
      // A fault left these unreadable rows; they contain no event, so they are discarded.
      for (const { id } of await unsendableOf(url).catch(() => [])) {
        waiting++;
        if (await post(`${url}/outbox-dead-letters/${id}/discard`).catch(() => false)) discarded++;
      }
    }
    if (waiting === 0 || Date.now() > deadline) return { discarded, redriven };
    await pause(LOOK_EVERY_MS);
  }
}

async function lettersOf(url: string): Promise<Letter[]> {
  const response = await fetch(`${url}/dead-letters?limit=${PAGE}`);
  return ((await response.json()) as { deadLetters: Letter[] }).deadLetters;
}

async function unsendableOf(url: string): Promise<Pick<Letter, 'id'>[]> {
  const response = await fetch(`${url}/outbox-dead-letters?limit=${PAGE}`);
  return ((await response.json()) as { deadLetters: Pick<Letter, 'id'>[] }).deadLetters;
}

async function post(url: string): Promise<boolean> {
  const body = JSON.stringify({ by: 'chaos', reason: 'the faults have ended' });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await response.body?.cancel();
  return response.ok;
}
