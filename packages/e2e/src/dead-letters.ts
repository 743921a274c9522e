import type { ServiceName } from '@quadrille/contracts';
import type { Stack } from './stack.js';

/** A dead letter or parked message, as the operator API returns it. */
export interface Letter {
  readonly id: string;
  readonly step: string;
  readonly key: string;
  readonly state: 'retrying' | 'dead' | 'queued';
  readonly code: string;
  readonly cause: string;
  readonly attempts: number;
}

const DECISION = JSON.stringify({ by: 'ada', reason: 'the decision of a spec' });

/** The parked messages and dead letters of a service, oldest first; `query` as in `?state=dead&key=…`. */
export async function lettersOf({ system }: Stack, service: ServiceName, query = ''): Promise<Letter[]> {
  const response = await fetch(`${system.adminUrls[service]}/dead-letters?limit=200&${query}`);
  if (!response.ok) throw new Error(`The dead letters of ${service} were answered ${response.status}.`);
  return ((await response.json()) as { deadLetters: Letter[] }).deadLetters;
}

/** Sends an operator's decision over HTTP; returns the status. */
export async function decide(
  { system }: Stack,
  service: ServiceName,
  { id }: Pick<Letter, 'id'>,
  decision: 'redrive' | 'discard',
): Promise<number> {
  const { status } = await fetch(`${system.adminUrls[service]}/dead-letters/${id}/${decision}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: DECISION,
  });
  return status;
}

/** Discards all parked messages and dead letters of a service. */
export async function discardAll(stack: Stack, service: ServiceName): Promise<void> {
  for (const letter of await lettersOf(stack, service)) await decide(stack, service, letter, 'discard');
}
