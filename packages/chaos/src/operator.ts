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

/** What an operator decided in the end. */
export interface Decided {
  readonly discarded: number;
  readonly redriven: number;
}

/**
 * Does what operators do when the faults are over: gives up what is no message of ours, and has everything else tried again, until
 * no dead letter is left or `withinMs` have passed.
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
      // Who does not answer yet is asked again.
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
      // Nobody has said what is in a row that cannot be read: it was left there by a fault.
      for (const { id } of await unsendableOf(url).catch(() => [])) {
        waiting++;
        if (await post(`${url}/unsendable/${id}/discard`).catch(() => false)) discarded++;
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
  const response = await fetch(`${url}/unsendable?limit=${PAGE}`);
  return ((await response.json()) as { unsendable: Pick<Letter, 'id'>[] }).unsendable;
}

async function post(url: string): Promise<boolean> {
  const body = JSON.stringify({ by: 'chaos', reason: 'the faults are over' });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await response.body?.cancel();
  return response.ok;
}
