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
    said: new Set(),
    saidAgain: 0,
    ids: 0,
    repetitions: 0,
  };
  away = false;
  /** How far its clock is from the others', in milliseconds. */
  skewMs = 0;
  readonly locks = new MemoryLocks();
  readonly troubles = new DatabaseTroubles();
  /** Which server new connections lead to. */
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

  /** Whose pool it is. */
  ownerOf = (pool: object): Life | undefined => this.lives.get(pool);

  get isIdle(): boolean {
    return this.transactions.isIdle;
  }

  /** Connections for one process; what is open when it dies is rolled back. */
  poolOf(life: Life) {
    life.onDeath(() => this.transactions.endOf(life));
    const pool = memoryPool(this, this.transactions, life);
    this.lives.set(pool, life);
    return pool;
  }

  /** What is kept of a key, as it would be read by anybody. */
  state<State>({ aggregate, key }: Ref<State>): State {
    return (this.tables.states.get(aggregate.name)?.get(key) as State | undefined) ?? this.initial({ aggregate, key });
  }

  /** Whether nothing had happened before the run. */
  get isFresh(): boolean {
    return this.given.length === 0;
  }

  /** The state of a key without a row. */
  initial<State>({ aggregate, key }: Ref<State>): State {
    return this.given.reduce((state, said) => aggregate.evolve(state, said, GIVEN_AT), aggregate.initial(key));
  }

  /** What was committed and is to be sent, in its order. */
  committedOutbox(): readonly OutboxRow[] {
    const { outbox } = this.tables;
    const last = this.transactions.lastCommitted;
    return last === undefined ? outbox : outbox.filter(({ id }) => id <= last);
  }

  sent(ids: ReadonlySet<number>): void {
    this.tables.outbox = this.tables.outbox.filter(({ id }) => !ids.has(id));
  }

  /** A row of the outbox is another from now on. */
  change(id: number, to: Partial<OutboxRow>): void {
    this.tables.outbox = this.tables.outbox.map((row) => (row.id === id ? { ...row, ...to } : row));
  }

  nextSession = (): number => ++this.sessions;
  drawTransaction = (): number => this.transactions.draw();
  haveEndedBefore = (transaction: number): boolean => this.transactions.haveEndedBefore(transaction);

  /** Lets something have been said before anything began. */
  seed({ aggregate, key }: Ref, said: DomainEvent, at: string): void {
    const states = this.tables.states.get(aggregate.name) ?? new Map<string, unknown>();
    states.set(key, aggregate.evolve(states.get(key) ?? aggregate.initial(key), said, at));
    this.tables.states.set(aggregate.name, states);
  }

  /** It is done now: whether it goes wrong. */
  goesWrong(what: string): boolean {
    if (!this.run.triggers.strikes(`${what} ${this.service}`)) return false;
    this.run.journal.note(what, this.service);
    return true;
  }
}

/** Stores an aggregate in a database in memory. */
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
