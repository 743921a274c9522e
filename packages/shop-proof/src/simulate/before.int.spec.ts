import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { DatabaseTroubles, lost, sqlError } from '@quadrille/proof/simulate/database-troubles';
import { MemoryBroker } from '@quadrille/proof/simulate/memory-broker';
import { MemoryRelayConnection } from '@quadrille/proof/simulate/memory-relay-connection';
import { MemoryTransactions } from '@quadrille/proof/simulate/memory-transactions';
import { type FaultKind, NARROW_KINDS, type Plan, planOf, restricted } from '@quadrille/proof/simulate/plan';
import { Runner } from '@quadrille/runtime';
import { simulatePlan } from './simulate.js';

const ORDERS = 40;
const SEEDS = Array.from({ length: 96 }, (_, at) => at + 1);
const ENDS = 'every saga ends';
const OTHERS = 'others go on';

afterEach(() => {
  jest.restoreAllMocks();
});

/** Returns the plan of a seed with only the faults of these kinds. */
function onlyOf(seed: number, kinds: readonly FaultKind[]): Plan {
  const plan = planOf(seed, ORDERS);
  const numbers = plan.faultNumbers.filter((at) => kinds.includes(plan.faults[at]!.kind));
  return restricted(plan, undefined, numbers);
}

/** Returns the broken promises of the first seed that breaks any, with only the faults of these kinds. */
async function firstBroken(...kinds: readonly FaultKind[]): Promise<readonly string[]> {
  const isNarrow = (NARROW_KINDS as readonly FaultKind[]).includes(kinds[0]!);
  for (const plan of SEEDS.map((seed) => onlyOf(seed, kinds))) {
    if (plan.isNarrow !== isNarrow || plan.faults.length === 0) continue;
    const { violations } = await simulatePlan(plan);
    if (violations.length > 0) return violations.map(({ promise }) => promise);
  }
  return [];
}

/** Lets the database return another error for one code. */
function mistaken(code: string | undefined, error: Error): void {
  const { errorOf } = DatabaseTroubles.prototype;
  jest.spyOn(DatabaseTroubles.prototype, 'errorOf').mockImplementation(function (this: DatabaseTroubles, ...args) {
    const given = errorOf.apply(this, args);
    return given && (given as { code?: string }).code === code ? error : given;
  });
}

/** Runs code with each record before a process handles it. */
function before(take: (record: Parameters<Runner['takeRecords']>[0][number]) => void): void {
  const { takeRecords } = Runner.prototype;
  jest.spyOn(Runner.prototype, 'takeRecords').mockImplementation(async function (this: Runner, records) {
    for (const record of records) take(record);
    return takeRecords.call(this, records);
  });
}

/** Runs code with the result of each statement of a transaction. */
function withRows(see: (text: string, answer: any) => any): void {
  const { query } = MemoryTransactions.prototype;
  jest.spyOn(MemoryTransactions.prototype, 'query').mockImplementation(async function (
    this: MemoryTransactions,
    ...args
  ) {
    return see(args[1], await query.apply(this, args));
  });
}

/** Each spec restores a former bug; the commit that added its kind of fault describes it. */
describe('the simulation finds a former bug', () => {
  it('if the error of a reader affects other records', async () => {
    before((record) => void record.headers);
    expect(await firstBroken('record unreadable')).toContain(OTHERS);
  });

  it('if the error of an upcaster affects other records', async () => {
    before(({ value }) => {
      if (value === 'null')
        throw new TypeError("Cannot destructure property 'payment' of 'object null' as it is null.");
    });
    expect(await firstBroken('upcaster throws')).toEqual(expect.arrayContaining([expect.stringMatching(/go on|ends/)]));
  });

  it('if a locked row counts as an outage', async () => {
    mistaken('55P03', lost());
    expect(await firstBroken('row held')).toContain(OTHERS);
  });

  it('if a row that its store cannot read counts as an outage', async () => {
    mistaken(undefined, lost());
    expect(await firstBroken('state unreadable')).toContain(OTHERS);
  });

  it('if a relay stops at an unreadable row', async () => {
    const { query } = MemoryRelayConnection.prototype;
    jest.spyOn(MemoryRelayConnection.prototype, 'query').mockImplementation(async function (
      this: MemoryRelayConnection,
      ...args
    ) {
      const answer = await query.apply(this, args);
      for (const { records } of answer.rows as { records?: string }[]) if (records) JSON.parse(records.split('\n')[1]!);
      return answer;
    });
    expect(await firstBroken('outbox row unreadable')).toContain(OTHERS);
  });

  it('if unsendable notices delay events', async () => {
    const { send } = MemoryBroker.prototype;
    jest.spyOn(MemoryBroker.prototype, 'send').mockImplementation(function (this: MemoryBroker, records) {
      if (this.gone.size > 0) throw new Error('This server does not host this topic-partition');
      send.call(this, records);
    });
    expect(await firstBroken('dead letters refused', 'garbage')).toContain(OTHERS);
  });

  it('if one parked message that is no record blocks all other parked ones', async () => {
    withRows((_, answer) => {
      if (answer.rows?.some((row: { message?: unknown }) => row.message === null))
        throw new TypeError('Cannot read properties of null');
      return answer;
    });
    expect(await firstBroken('parked row unreadable')).toContain(ENDS);
  });

  it('if a missing table counts as the fault of each message', async () => {
    mistaken('42P01', sqlError('22000', 'data exception'));
    expect(await firstBroken('table gone')).toContain(ENDS);
  });

  it('if a read-only server counts as the fault of each message', async () => {
    mistaken('25006', sqlError('22000', 'data exception'));
    expect(await firstBroken('database read-only')).toContain(ENDS);
  });

  it('if the result of a commit is not checked', async () => {
    withRows((text, answer) => (text === 'commit' ? { ...answer, command: 'COMMIT' } : answer));
    expect(await firstBroken('commit rolled back')).not.toEqual([]);
  });

  it('if a commit without an answer counts as done', async () => {
    const { query } = MemoryTransactions.prototype;
    jest.spyOn(MemoryTransactions.prototype, 'query').mockImplementation(async function (
      this: MemoryTransactions,
      ...args
    ) {
      const answered = query.apply(this, args);
      return args[1] === 'commit' ? answered.catch(() => ({ rows: [], rowCount: 0, command: 'COMMIT' })) : answered;
    });
    expect(await firstBroken('commit in doubt')).toContain(ENDS);
  });
});
