import { describe, expect, it } from '@jest/globals';
import { BatchAssembler, divideBudget, type PartitionBatch } from './batch-assembler.js';
import { silent } from './log.js';
import type { IncomingRecord } from './record.js';

const LIMITS = { maxBatchRecords: 4, firstRetryMs: 1, retryCapMs: 2 };

/** A fetched batch of one partition, with offsets as values: `partition:number`. */
function fetched(partition: number, count: number): PartitionBatch & { applied: string[]; wanted: boolean } {
  const records = Array.from(
    { length: count },
    (_, at) => ({ topic: 't', partition, offset: `${partition}:${at}` }) as IncomingRecord,
  );
  const one = {
    records,
    applied: [] as string[],
    wanted: true,
    isWanted: () => one.wanted,
    markProcessed: markProcessed,
  };
  function markProcessed(last: IncomingRecord) {
    one.applied.push(last.offset);
  }
  return one;
}
const offsets = (records: readonly IncomingRecord[]) => records.map(({ offset }) => offset);

function gathering(onCall: (call: number) => Promise<void> | void = () => {}) {
  const calls: string[][] = [];
  const assembler = new BatchAssembler(
    async (records) => {
      calls.push(offsets(records));
      await onCall(calls.length);
    },
    LIMITS,
    silent,
  );
  return { calls, subject: assembler };
}

describe('the batch assembler', () => {
  it('makes one call of the batches of several partitions', async () => {
    const { calls, subject: assembler } = gathering();
    await Promise.all([assembler.offer(fetched(0, 2)), assembler.offer(fetched(1, 1))]);
    expect(calls).toEqual([['0:0', '0:1', '1:0']]);
  });

  it('splits records beyond the limit of a call, and preserves the order of each partition', async () => {
    const { calls, subject: assembler } = gathering();
    const [long, short] = [fetched(0, 6), fetched(1, 1)];
    await Promise.all([assembler.offer(long), assembler.offer(short)]);
    expect(calls).toEqual([
      ['0:0', '0:1', '0:2', '1:0'],
      ['0:3', '0:4', '0:5'],
    ]);
    expect(long.applied).toEqual(['0:2', '0:5']);
  });

  it('collects records that arrive during a call into the next one, and never makes two calls at a time', async () => {
    let late: Promise<void> | undefined;
    let running = 0;
    const { calls, subject: assembler } = gathering(async (call) => {
      expect(++running).toBe(1);
      if (call === 1) late = Promise.all([1, 2].map((at) => assembler.offer(fetched(at, 1)))).then(() => {});
      await new Promise(setImmediate);
      running--;
    });
    await assembler.offer(fetched(0, 1));
    await late;
    expect(calls).toEqual([['0:0'], ['1:0', '2:0']]);
  });

  it('makes a call that failed again with the same records, before any others', async () => {
    let late: Promise<void> | undefined;
    const { calls, subject: assembler } = gathering((call) => {
      if (call === 1) late = assembler.offer(fetched(1, 1));
      if (call <= 3) throw new Error('the database is away');
    });
    const one = fetched(0, 2);
    await assembler.offer(one);
    await late;
    expect(calls).toEqual([['0:0', '0:1'], ['0:0', '0:1'], ['0:0', '0:1'], ['0:0', '0:1'], ['1:0']]);
    expect(one.applied).toEqual(['0:1']);
  });

  it('reports which batch failed, how often and why, until it succeeds', async () => {
    const reported: unknown[] = [];
    const { subject: assembler } = gathering((call) => {
      reported.push(assembler.failing);
      if (call <= 2) throw new Error(`failure ${call}`);
    });
    await assembler.offer(fetched(0, 2));
    const failing = { places: ['t/0@0:0'], records: 2, since: expect.any(Number) };
    expect(reported).toEqual([
      undefined,
      { ...failing, attempts: 1, error: 'failure 1' },
      { ...failing, attempts: 2, error: 'failure 2' },
    ]);
    expect(assembler.failing).toBeUndefined();
  });

  it('drops records that no longer belong to this member, also after their call failed', async () => {
    const one = fetched(0, 2);
    const { calls, subject: assembler } = gathering(() => {
      one.wanted = false;
      assembler.recheck();
      throw new Error('the database is away');
    });
    await assembler.offer(one);
    expect(calls).toHaveLength(1);
    expect(one.applied).toEqual([]);
    expect(assembler.inFlight).toBe(0);
  });

  it('drops waiting records that no longer belong to this member during a call', async () => {
    const waiting = fetched(1, 1);
    const { calls, subject: assembler } = gathering(async () => {
      const offered = assembler.offer(waiting);
      waiting.wanted = false;
      assembler.recheck();
      await offered;
    });
    await assembler.offer(fetched(0, 1));
    expect(calls).toEqual([['0:0']]);
  });

  it('counts records as in flight until their call has ended', async () => {
    const seen: number[] = [];
    const { subject: assembler } = gathering(() => void seen.push(assembler.inFlight));
    await assembler.offer(fetched(0, 3));
    expect([...seen, assembler.inFlight]).toEqual([3, 0]);
  });
});

describe('a budget', () => {
  it('covers all demands when it is sufficient', () => {
    expect(divideBudget([3, 0, 5], 10)).toEqual([3, 0, 5]);
  });

  it('gives a backlog only the rest that others leave', () => {
    expect(divideBudget([4_000, 2, 1], 500)).toEqual([497, 2, 1]);
  });

  it('is used up to the last record', () => {
    expect(divideBudget([100, 100, 100], 10)).toEqual([4, 3, 3]);
  });

  it('covers some demands if there are more of them than units', () => {
    expect(divideBudget([9, 9, 9], 2)).toEqual([1, 1, 0]);
  });
});
