import { type Aggregate, type Change, type DomainEvent, type Ref, type Store } from '@quadrille/choreography';
import { writing } from '@quadrille/postgres';
import { DatabaseTroubles } from './database-troubles.js';
import type { Life, Run } from './life.js';
import { MemoryLocks } from './memory-locks.js';
import { memoryPool } from './memory-pool.js';
import { MemoryTransactions } from './memory-transactions.js';
import type { OutboxRow, Tables } from './tables.js';

const GIVEN_AT = '2020-01-01T00:00:00.000Z';

/** A service's database: tables that survive every process, and transactions. */
export class MemoryDatabase {
  readonly tables: Tables = {
    states: new Map(),
    inbox: new Set(),
    parked: [],
    deadlines: new Map(),
    answers: new Map(),
    outbox: [],
    emitted: new Set(),
    emittedAgain: 0,
    ids: 0,
    repetitions: 0,
  };
  away = false;
  /** Clock skew against the other databases, in milliseconds. */
  skewMs = 0;
  readonly locks = new MemoryLocks();
  readonly troubles = new DatabaseTroubles();
  /** The server of new connections. */
  server = 0;
  private sessions = 0;
  private readonly transactions: MemoryTransactions;
  private readonly lives = new WeakMap<object, Life>();

  constructor(
    private readonly run: Run,
    readonly service: string,
    /** Events from before the run, for keys without a row. */
    private readonly given: readonly DomainEvent[] = [],
  ) {
    this.transactions = new MemoryTransactions(this, run, run.chanceOf(`database of ${service}`));
  }

  /** The owner of a pool. */
  ownerOf = (pool: object): Life | undefined => this.lives.get(pool);

  get isIdle(): boolean {
    return this.transactions.isIdle;
  }

  /** Opens a pool for one process; its open transaction is rolled back when the process dies. */
  poolOf(life: Life) {
    life.onDeath(() => this.transactions.endOf(life));
    const pool = memoryPool(this, this.transactions, life);
    this.lives.set(pool, life);
    return pool;
  }

  /** The state of a key, as any session reads it. */
  state<State>({ aggregate, key }: Ref<State>): State {
    return (this.tables.states.get(aggregate.name)?.get(key) as State | undefined) ?? this.initial({ aggregate, key });
  }

  /** Whether the run begins without earlier events. */
  get isFresh(): boolean {
    return this.given.length === 0;
  }

  /** The state of a key without a row. */
  initial<State>({ aggregate, key }: Ref<State>): State {
    return this.given.reduce((state, event) => aggregate.evolve(state, event, GIVEN_AT), aggregate.initial(key));
  }

  /** Committed events waiting to be sent, in their order. */
  committedOutbox(): readonly OutboxRow[] {
    const { outbox } = this.tables;
    const last = this.transactions.lastCommitted;
    return last === undefined ? outbox : outbox.filter(({ id }) => id <= last);
  }

  sent(ids: ReadonlySet<number>): void {
    this.tables.outbox = this.tables.outbox.filter(({ id }) => !ids.has(id));
  }

  /** Updates a row of the outbox. */
  change(id: number, to: Partial<OutboxRow>): void {
    this.tables.outbox = this.tables.outbox.map((row) => (row.id === id ? { ...row, ...to } : row));
  }

  nextSession = (): number => ++this.sessions;
  drawTransaction = (): number => this.transactions.draw();
  haveEndedBefore = (transaction: number): boolean => this.transactions.haveEndedBefore(transaction);

  /** Applies an event from before the run. */
  seed({ aggregate, key }: Ref, event: DomainEvent, at: string): void {
    const states = this.tables.states.get(aggregate.name) ?? new Map<string, unknown>();
    states.set(key, aggregate.evolve(states.get(key) ?? aggregate.initial(key), event, at));
    this.tables.states.set(aggregate.name, states);
  }

  /** Returns whether an armed fault fires now. */
  goesWrong(what: string): boolean {
    if (!this.run.triggers.hits(`${what} ${this.service}`)) return false;
    this.run.journal.note(what, this.service);
    return true;
  }
}

/** A store of an aggregate in a database in memory. */
export const memoryStore = (aggregate: Aggregate, database: MemoryDatabase): Store =>
  writing({
    async load(tx, keys) {
      const { rows } = await tx.query<{ key: string; state: unknown }>('memory: load', [aggregate.name, keys]);
      const found = new Map(rows.map(({ key, state }) => [key, state]));
      return database.isFresh
        ? found
        : new Map(keys.map((key) => [key, found.get(key) ?? database.initial({ aggregate, key })]));
    },
    writes: (changed: readonly Change[]) => [
      { text: 'memory: save', values: [aggregate.name, changed.map(({ key, after }) => ({ key, state: after }))] },
    ],
  });
