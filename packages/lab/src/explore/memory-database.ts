import { type Aggregate, type ServiceSteps, type Store, type Tx, withoutKeys } from '@quadrille/choreography';
import { products as catalogue } from '@quadrille/inventory/domain/products';
import { reservations } from '@quadrille/inventory/domain/reservations';
import { stock } from '@quadrille/inventory/domain/stock';
import { bindStore } from '@quadrille/nest';
import { orders } from '@quadrille/order/domain/order';
import { products } from '@quadrille/order/domain/product';
import { accounts } from '@quadrille/payment/domain/accounts';
import { ledger } from '@quadrille/payment/domain/ledger';
import { payments } from '@quadrille/payment/domain/payments';
import { shipments } from '@quadrille/shipping/domain/shipments';
import { houseCarrier } from '@quadrille/shipping/gateways/house-carrier';
import { checkoutParts } from '@quadrille/shop-proof/steps';
import { type Dependencies, LocalTransaction } from '../local-transaction.js';
import type { Decision, InDoubt, ParticipantTransaction } from '../protocol.js';
import { recordsIn } from './memory-records.js';

/** In the lock order of the services. The order service locks no product: it only reads prices. */
const AGGREGATES: Readonly<Record<string, readonly Aggregate[]>> = {
  order: [orders, products],
  payment: [payments, accounts, ledger],
  inventory: [reservations, catalogue, stock],
  shipping: [shipments],
};
const UNLOCKED: ReadonlySet<Aggregate> = new Set([products]);

/** The time of all tasks except periodic work. */
export const NOW = Date.parse('2026-01-01T00:00:00.000Z');

/** Thrown if a prepared transaction holds a row. */
export class Locked extends Error {
  constructor(readonly by: string) {
    super(`A row is locked by prepared transaction ${by}.`);
  }
}

type Rows = Map<string, unknown>;
interface Work {
  readonly rows: Rows;
  readonly touched: Set<string>;
}

/** The database of one service: committed rows and prepared transactions, with the locks and visibility of PostgreSQL. */
export class MemoryDatabase {
  readonly committed: Rows = new Map();
  readonly prepared = new Map<string, Work>();
  readonly #dependencies: Omit<Dependencies, 'now'>;
  #packed: string | undefined;
  /** Incremented by each change. */
  version = 0;

  constructor(service: string) {
    const part: ServiceSteps = checkoutParts.find((each) => each.service === service) ?? { service, steps: [] };
    const stores = (AGGREGATES[service] ?? []).map((aggregate) => bindStore(aggregate, storeOf(aggregate)));
    const records = <T>(tx: Tx, kind: string) => recordsIn<T>(tx as MemoryTx, kind);
    this.#dependencies = {
      part,
      stores,
      gateways: { carrier: houseCarrier, personalData: withoutKeys },
      records,
      newId: () => 'id',
    };
  }

  /** Runs a whole transaction. Throws {@link Locked} without effect if PostgreSQL would wait. */
  async transaction<R>(work: (tx: ParticipantTransaction) => Promise<R>, now: number, prepareAs?: string): Promise<R> {
    const tx = new MemoryTx(this);
    const local = new LocalTransaction({ ...this.#dependencies, now: () => now }, tx);
    const result = await work(local);
    await local.end();
    if (prepareAs) this.prepared.set(prepareAs, tx);
    else this.#commit(tx);
    if (prepareAs || tx.rows.size > 0) this.#changed();
    return result;
  }

  finish(name: string, how: Decision): void {
    const work = this.prepared.get(name);
    if (!work) return;
    this.prepared.delete(name);
    if (how === 'commit') this.#commit(work);
    this.#changed();
  }

  inDoubt = (): InDoubt[] => [...this.prepared.keys()].map((name) => ({ name, since: NOW }));

  lockedBy(row: string): string | undefined {
    for (const [name, { touched }] of this.prepared) if (touched.has(row)) return name;
    return undefined;
  }

  /** A canonical encoding: equal databases give equal strings. */
  get packed(): string {
    this.#packed ??= JSON.stringify([
      sorted(this.committed),
      [...this.prepared].sort(byKey).map(([name, { rows }]) => [name, sorted(rows)]),
    ]);
    return this.#packed;
  }

  /** True if a transaction is prepared or a protocol has stored a record. */
  mayBeOpen = (): boolean =>
    this.prepared.size > 0 || [...this.committed.keys()].some((row) => row.startsWith('record:'));

  #changed(): void {
    this.version++;
    this.#packed = undefined;
  }

  #commit({ rows }: Work): void {
    for (const [row, state] of rows) {
      if (state === undefined) this.committed.delete(row);
      else this.committed.set(row, state);
    }
  }
}

/** The writes and locks of one transaction. */
class MemoryTx implements Tx, Work {
  readonly rows: Rows = new Map();
  readonly touched = new Set<string>();

  constructor(private readonly database: MemoryDatabase) {}

  query(): never {
    throw new Error('The in-memory database has no SQL.');
  }

  read(row: string): unknown {
    return this.rows.has(row) ? this.rows.get(row) : this.database.committed.get(row);
  }

  lock(row: string): void {
    const holder = this.database.lockedBy(row);
    if (holder) throw new Locked(holder);
    this.touched.add(row);
  }

  write(row: string, state: unknown): void {
    this.lock(row);
    this.rows.set(row, state);
  }

  keys = (): string[] => [...new Set([...this.database.committed.keys(), ...this.rows.keys()])];
}

function storeOf(aggregate: Aggregate): Store {
  const row = (key: string) => `${aggregate.name}/${key}`;
  return {
    async load(tx, keys) {
      const memory = tx as MemoryTx;
      const found = new Map<string, unknown>();
      for (const key of keys) {
        if (!UNLOCKED.has(aggregate)) memory.lock(row(key));
        const state = memory.read(row(key));
        if (state !== undefined) found.set(key, state);
      }
      return found;
    },
    async save(tx, changed) {
      for (const { key, after } of changed) (tx as MemoryTx).write(row(key), after);
    },
  };
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;
const sorted = (rows: Rows) => [...rows].map(([row, state]) => [row, state ?? null] as const).sort(byKey);
