import type { Stack } from './stack.js';

/** Faults of the payment provider; omitted fields are reset. Rates from 0 to 1. */
export interface Misbehaviour {
  readonly latencyMs?: number;
  readonly failureRate?: number;
  readonly lostAnswerRate?: number;
  readonly down?: boolean;
}

/** Injects faults into the payment provider; `{}` removes them. */
export async function misbehave({ system }: Pick<Stack, 'system'>, how: Misbehaviour): Promise<void> {
  const { ok, status } = await fetch(`${system.urls['payment-provider']}/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(how),
  });
  if (!ok) throw new Error(`The provider's faults were answered ${status}.`);
}
