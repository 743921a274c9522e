import { describe, expect, it } from '@jest/globals';
import { Workload } from './workload.js';

const pool = (answers: boolean) => {
  const queries: string[] = [];
  const client = {
    on: () => client,
    off: () => client,
    release: () => {},
    query: async (query: string | { text: string }) => {
      const text = typeof query === 'string' ? query : query.text;
      queries.push(text);
      return {
        command: text.toUpperCase(),
        rows: [text.includes('outbox') ? { rows: 3, oldestAgeSeconds: 2 } : { retrying: 1, dead: 2, queued: 4 }],
      };
    },
  };
  const connect = async () => {
    if (!answers) throw new Error('connect ECONNREFUSED');
    return client;
  };
  return { queries, pool: { connect } as never };
};

describe('the workload of a service', () => {
  it('sums the lag of all partitions of a topic', async () => {
    const consumer = { lag: async () => ({ 'a.v1/0': 2, 'a.v1/1': 3, 'b.v1/0': 0 }) };
    const facts = await new Workload({ service: 'order', pool: pool(true).pool, consumer }).now();
    expect(facts).toMatchObject({
      service: 'order',
      pid: process.pid,
      outbox: { rows: 3, oldestAgeSeconds: 2 },
      parked: { retrying: 1, dead: 2, queued: 4 },
      lag: { 'a.v1': 5, 'b.v1': 0 },
    });
  });

  it('is null for a database or broker that does not answer', async () => {
    const consumer = { lag: () => Promise.reject(new Error('no broker')) };
    const facts = await new Workload({ service: 'order', pool: pool(false).pool, consumer }).now();
    expect(facts).toMatchObject({ outbox: null, parked: null, lag: null });
  });

  it('is read once for all requests within a second', async () => {
    const { queries, pool: answering } = pool(true);
    const workload = new Workload({ service: 'order', pool: answering });
    await Promise.all([workload.now(1_000), workload.now(1_500)]);
    const idempotencyKey = queries.length;
    await workload.now(2_500);
    expect(queries).toHaveLength(2 * idempotencyKey);
  });
});
