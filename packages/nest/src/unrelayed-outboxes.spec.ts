import { expect, it } from '@jest/globals';
import { look } from './unrelayed-outboxes.js';

async function logged(query: () => Promise<unknown>): Promise<unknown[][]> {
  const lines: unknown[][] = [];
  const log = { warn: (...line: unknown[]) => void lines.push(['warn', ...line]), debug: () => {} };
  await look(log as never, { query } as never);
  return lines;
}

it('warns of outboxes that no relay publishes, and of nothing else', async () => {
  expect(await logged(async () => ({ rows: [{ schema: 'billing' }] }))).toEqual([
    ['warn', { schemas: ['billing'] }, 'no relay publishes the outbox of these schemas: records there wait'],
  ]);
  expect(await logged(async () => ({ rows: [] }))).toEqual([]);
  expect(await logged(() => Promise.reject(new Error('no database')))).toEqual([]);
});
