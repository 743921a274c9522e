import { expect } from '@jest/globals';
import { audit } from '@quadrille/audit';
import { AUDITOR } from '@quadrille/local';
import { eventually } from './eventually.js';
import type { Stack } from './stack.js';

/** Waits until the system is at rest and all seven promises hold; throws with the broken ones. */
export async function holds({ system }: Pick<Stack, 'system'>, withinMs?: number): Promise<void> {
  const { secured } = system.kafka;
  const sources = {
    databases: system.readableDatabases,
    brokers: system.kafka.brokers,
    ...(secured && { security: secured.security(AUDITOR) }),
    providerUrl: system.urls['payment-provider'],
  };
  let verdicts = 0;
  await eventually(
    'All promises',
    async () => {
      const all = await audit(sources);
      verdicts = all.length;
      return all.filter((verdict) => !verdict.holds);
    },
    (broken) => broken.length === 0,
    withinMs,
  );
  expect(verdicts).toBe(7);
}
