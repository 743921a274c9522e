import type { Stack } from './stack.js';

/** How the payment provider misbehaves; what is left out is as it should be. Rates from 0 to 1. */
export interface Misbehaviour {
  readonly latencyMs?: number;
  readonly failureRate?: number;
  readonly lostAnswerRate?: number;
  readonly down?: boolean;
}

/** Lets the payment provider misbehave like that from now on; `{}`: not at all. */
export async function misbehave({ system }: Pick<Stack, 'system'>, how: Misbehaviour): Promise<void> {
  const { ok, status } = await fetch(`${system.urls['payment-provider']}/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(how),
  });
  if (!ok) throw new Error(`The provider's faults were answered ${status}.`);
}
