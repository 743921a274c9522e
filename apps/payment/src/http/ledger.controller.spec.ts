import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { LedgerController } from './ledger.controller.js';

const row = { transactions: '1', unbalanced: '0', differing: '0', accounts: [], total: '0' };

describe('the trial balance', () => {
  it('is read once for concurrent requests, and again for later ones, even after a failure', async () => {
    const readings: ((failed: boolean) => void)[] = [];
    const query = () =>
      new Promise((resolve, reject) =>
        readings.push((failed) => (failed ? reject(new Error('too slow')) : resolve([row]))),
      );
    const controller = new LedgerController({ query } as unknown as DataSource);
    const together = Array.from({ length: 10 }, () => controller.balance());
    expect(readings).toHaveLength(1);
    readings[0]!(true);
    expect((await Promise.allSettled(together)).every(({ status }) => status === 'rejected')).toBe(true);
    const later = controller.balance();
    readings[1]!(false);
    expect(await later).toMatchObject({ balanced: true });
    controller.balance();
    expect(readings).toHaveLength(3);
  });
});
