import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Change, Conflict, ignore, type Step, type Store, statesOf, type Tx } from '@quadrille/choreography';
import { exampleOrder, type OrderDetails, orderDetailsOf } from '@quadrille/contracts';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { newId } from '@quadrille/nest';
import { runnerMigrations } from '@quadrille/runtime';
import { DataSource } from 'typeorm';
import { type Account, accounts } from '../domain/accounts.js';
import { type Journal, ledger } from '../domain/ledger.js';
import { type Payment, payments } from '../domain/payments.js';
import { findAccount } from '../reads/find-account.js';
import { findPayment } from '../reads/find-payment.js';
import { trialBalance } from '../reads/trial-balance.js';
import { authorizePayment } from '../steps/authorize-payment.js';
import { capturePayment } from '../steps/capture-payment.js';
import { depositFunds } from '../steps/deposit-funds.js';
import { returnPayment } from '../steps/return-payment.js';
import { accountStore } from './accounts.js';
import { ledgerStore } from './ledger.js';
import { Payments1763720000000 } from './migrations/1763720000000-payments.js';
import { Ledger1763720100000 } from './migrations/1763720100000-ledger.js';
import { PaymentsInPlace1763720200000 } from './migrations/1763720200000-payments-in-place.js';
import { LedgerNotTruncated1763720300000 } from './migrations/1763720300000-ledger-not-truncated.js';
import { paymentStore } from './payments.js';

let folder: string;
let postgres: LocalPostgres;
let dataSource: DataSource;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payment-stores-'));
  postgres = await startPostgres({ dataDir: folder });
  const url = await postgres.createService('payment', 'secret');
  const migrations = [
    ...runnerMigrations,
    Payments1763720000000,
    Ledger1763720100000,
    PaymentsInPlace1763720200000,
    LedgerNotTruncated1763720300000,
  ];
  dataSource = await new DataSource({ type: 'postgres', url, migrations }).initialize();
  await dataSource.runMigrations();
});

afterAll(async () => {
  await dataSource?.destroy();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await dataSource.query('alter table ledger_postings disable trigger ledger_is_not_truncated');
  await dataSource.query('truncate payments, accounts, ledger_postings');
  await dataSource.query('alter table ledger_postings enable trigger ledger_is_not_truncated');
});

const at = '2026-01-01T00:00:00.000Z';
const customerId = exampleOrder().customerId!;
const stores: [{ name: string }, Store][] = [
  [payments, paymentStore],
  [accounts, accountStore],
  [ledger, ledgerStore],
];

/** Runs work in a transaction and counts its statements. */
async function inTransaction<Result>(
  work: (tx: Tx) => Promise<Result>,
): Promise<{ result: Result; statements: number }> {
  const runner = dataSource.createQueryRunner();
  let statements = 0;
  try {
    await runner.startTransaction();
    const result = await work({
      async query(text, values = []) {
        statements++;
        const { records, affected } = await runner.query(text, values as unknown[], true);
        return { rows: records ?? [], rowCount: affected ?? records?.length ?? null };
      },
    });
    await runner.commitTransaction();
    return { result, statements };
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  } finally {
    await runner.release();
  }
}

interface StepInput {
  readonly step: Step;
  readonly input: unknown;
  readonly answer?: unknown;
}

/** Executes a batch as the runner does: loads all states, decides the inputs in sequence in memory, saves all changes. */
const runBatch = (inputs: readonly StepInput[]) =>
  inTransaction(async (tx) => {
    const entries = new Map<string, Change & { after: unknown; events: any[] }>();
    const nameOf = ({ aggregate, key }: any) => `${aggregate.name} ${key}`;
    const loaded = inputs.map(({ step, input: payload }) => step.loads(payload));
    for (const [aggregate, store] of stores) {
      const refs = loaded
        .flatMap((each) => Object.values(each).flat())
        .filter((ref: any) => ref?.aggregate === aggregate);
      const found = await store.load(tx, [...new Set(refs.map((ref: any) => ref.key as string))].sort());
      for (const ref of refs as any[]) {
        const before = found.get(ref.key);
        const after = before ?? ref.aggregate.initial(ref.key);
        entries.set(nameOf(ref), { key: ref.key, before, after, events: [] });
      }
    }
    const types = inputs.map(({ step, input: payload, answer }, nth) => {
      const states = statesOf(loaded[nth]!, (ref) => entries.get(nameOf(ref))!.after);
      const decided = step.decide(states, payload, answer);
      if (decided === ignore || !('type' in decided)) return undefined;
      const events = { id: newId(), ...decided, at };
      for (const ref of Object.values(loaded[nth]!) as any[]) {
        if (!ref) continue;
        const entry = entries.get(nameOf(ref))! as { after: unknown; events: unknown[] };
        const after = ref.aggregate.evolve(entry.after, decided, at);
        if (after !== entry.after) entry.events.push(events);
        entry.after = after;
      }
      return decided.type;
    });
    for (const [{ name }, store] of stores) {
      const changed = [...entries].filter(([key, { events }]) => key.startsWith(`${name} `) && events.length > 0);
      if (changed.length > 0)
        await store.save(
          tx,
          changed.map(([, change]) => change),
        );
    }
    return types;
  });

const deposit = (amount: number) =>
  runBatch([{ step: depositFunds, input: { customerId, depositId: newId(), amount, currency: 'GBP' } }]);
const orders = (count: number, changes: Partial<OrderDetails> = {}) =>
  Array.from({ length: count }, () => exampleOrder({ orderId: newId(), total: 100, ...changes }));
const handle = (step: Step, payload: readonly OrderDetails[], answer?: unknown): StepInput[] =>
  payload.map((order) => ({ step, input: { ...order, reason: 'out-of-stock' }, answer }));
const count = (types: readonly unknown[], type: string) => types.filter((each) => each === type).length;
const account = () => findAccount(dataSource, customerId);

describe('five hundred orders of one account in one batch', () => {
  it('do not overdraw it, and the ledger balances', async () => {
    await deposit(30_000);
    const { result } = await runBatch(handle(authorizePayment, orders(500)));
    expect(count(result, 'PaymentAuthorized')).toBe(300);
    expect(count(result, 'PaymentFailed')).toBe(200);
    expect(await account()).toMatchObject({ available: 0, held: 30_000 });
    expect(await trialBalance(dataSource)).toMatchObject({ balanced: true, transactions: 301, total: 0 });
  });

  it('use as many statements as one order', async () => {
    await deposit(1_000_000);
    const one = orders(1);
    const many = orders(500);
    for (const step of [authorizePayment, capturePayment, returnPayment]) {
      const alone = await runBatch(handle(step, one));
      const together = await runBatch(handle(step, many));
      expect({ step: step.name, statements: together.statements }).toEqual({ step: step.name, statements: 5 });
      expect(alone.statements).toBe(together.statements);
    }
    expect(await account()).toMatchObject({ available: 1_000_000, held: 0 });
    expect(await trialBalance(dataSource)).toMatchObject({ balanced: true, transactions: 1 + 501 * 3 });
  });

  it('do not overdraw it if half of them run in a concurrent transaction', async () => {
    await deposit(10_000);
    const halves = [orders(250), orders(250)].map((half) => runBatch(handle(authorizePayment, half)));
    const events = (await Promise.all(halves)).flatMap(({ result }) => result);
    expect(count(events, 'PaymentAuthorized')).toBe(100);
    expect(await account()).toMatchObject({ available: 0, held: 10_000 });
  });
});

/** The number of HOT updates of `payments` in this transaction so far. */
async function changedInPlace(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ rows: number }>(
    `select pg_stat_get_xact_tuples_hot_updated('payments'::regclass)::int as rows`,
  );
  return rows[0]!.rows;
}

describe('the stores', () => {
  it('load the saved states', async () => {
    const order = exampleOrder({ orderId: newId(), customerId: null, payment: { method: 'card' } });
    await runBatch(handle(authorizePayment, [order], { answer: 'authorized', authorization: 'auth_1' }));
    const { result } = await inTransaction((tx) => paymentStore.load(tx, [newId(), order.orderId]));
    const facts = { method: 'card', amount: order.total, currency: 'GBP', customerId: null } as const;
    const expected: Payment = { status: 'authorized', ...facts, authorization: 'auth_1', at };
    expect(result).toEqual(new Map([[order.orderId, expected]]));
  });

  it('update payments in place, without index changes', async () => {
    const facts = { method: 'account', amount: 100, currency: 'GBP', customerId, at } as const;
    const keys = Array.from({ length: 500 }, () => newId());
    const save = (tx: Tx, before: Payment | undefined, after: Payment) =>
      paymentStore.save(
        tx,
        keys.map((key) => ({ key, before, after, events: [] })),
      );
    const authorized: Payment = { status: 'authorized', ...facts };
    await inTransaction((tx) => save(tx, undefined, authorized));
    const { result } = await inTransaction(async (tx) => {
      const before = await changedInPlace(tx);
      await save(tx, authorized, { status: 'captured', ...facts });
      return (await changedInPlace(tx)) - before;
    });
    expect(result).toBe(500);
  });

  it('detect a payment that was inserted after the load', async () => {
    const [order] = orders(1) as [OrderDetails];
    const payment: Payment = {
      status: 'voided',
      method: 'account',
      amount: 100,
      currency: 'GBP',
      customerId,
      at,
    };
    const save = () =>
      inTransaction((tx) =>
        paymentStore.save(tx, [{ key: order.orderId, before: undefined, after: payment, events: [] }]),
      );
    await save();
    await expect(save()).rejects.toThrow(Conflict);
  });

  it('detect an account that was inserted after the load', async () => {
    const after: Account = { status: 'open', currency: 'GBP', available: 1, held: 0, at };
    const save = () =>
      inTransaction((tx) => accountStore.save(tx, [{ key: customerId, before: undefined, after, events: [] }]));
    await save();
    await expect(save()).rejects.toThrow(Conflict);
  });

  it('reject a second posting of an event, an unbalanced transaction, and a change of a posting', async () => {
    const id = newId();
    const post = (amounts: [number, number], transactionId = id) => {
      const [debit, credit] = amounts;
      const common = { customerId: null, currency: 'GBP', orderId: null };
      const after: Journal = {
        transactions: [
          [
            { account: 'cash', amount: debit, ...common },
            { account: 'revenue', amount: credit, ...common },
          ],
        ],
      };
      const events = [{ id: transactionId, type: '', data: {}, at }];
      return inTransaction((tx) => ledgerStore.save(tx, [{ key: id, before: undefined, after, events: events }]));
    };
    await post([1, -1]);
    await expect(post([1, -1])).rejects.toThrow('ledger_postings_pkey');
    await expect(post([2, -1], newId())).rejects.toThrow('does not sum to 0');
    await expect(dataSource.query('update ledger_postings set amount = 2')).rejects.toThrow('only ever added to');
    await expect(dataSource.query('delete from ledger_postings')).rejects.toThrow('only ever added to');
    await expect(dataSource.query('truncate ledger_postings')).rejects.toThrow('only ever added to');
  });
});

describe('the read side', () => {
  it('returns the history of a payment', async () => {
    await deposit(1_000);
    const [order] = orders(1) as [OrderDetails];
    for (const step of [authorizePayment, capturePayment, returnPayment]) await runBatch(handle(step, [order]));
    const found = await findPayment(dataSource, order.orderId);
    expect(found).toMatchObject({ status: 'refunded', amount: 100, reason: 'out-of-stock', customerId });
    expect(found!.postings.map(({ account: name, amount }) => [name, amount])).toEqual([
      ['customer-available', 100],
      ['customer-held', -100],
      ['customer-held', 100],
      ['revenue', -100],
      ['revenue', 100],
      ['customer-available', -100],
    ]);
  });

  it('stores a tombstone of a payment that was returned before its authorization', async () => {
    const [order] = orders(1) as [OrderDetails];
    await runBatch(handle(returnPayment, [order]));
    const { result } = await runBatch([{ step: authorizePayment, input: orderDetailsOf(order) }]);
    expect(result).toEqual([undefined]);
    expect(await findPayment(dataSource, order.orderId)).toMatchObject({ status: 'voided', postings: [] });
  });

  it('returns nothing for unknown ids', async () => {
    expect(await findAccount(dataSource, newId())).toBeUndefined();
    expect(await findPayment(dataSource, newId())).toBeUndefined();
  });

  it('balances an empty ledger', async () => {
    expect(await trialBalance(dataSource)).toMatchObject({ balanced: true, transactions: 0, total: 0, accounts: [] });
  });

  it('detects an account that differs from the sum of its postings', async () => {
    await deposit(1_000);
    await dataSource.query('update accounts set available = available + 1');
    expect(await trialBalance(dataSource)).toMatchObject({ balanced: false, accountsThatDiffer: 1 });
  });
});
