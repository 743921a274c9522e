import { type Aggregate, type Change, Conflict, type Ref, type Said, type Store } from '@quadrille/choreography';
import type { Chance } from './chance.js';
import { inTurn } from './in-turn.js';
import type { Life, Run } from './life.js';
import { MemoryLocks } from './memory-locks.js';
import { parseArray } from './parse-array.js';
import { statementOf } from './statements.js';
import type { OutboxRow, Tables } from './tables.js';

const MOST_COMMIT_MS = 4;

/** One of the connections of a process. */
interface Connection {
  readonly life: Life;
}

interface Open {
  readonly by: Connection;
  /** Rows of the outbox with a higher number are not committed. */
  readonly idsBefore: number;
  readonly transaction: number;
  readonly undo: (() => void)[];
}

/** A service's database: tables that survive every process, one transaction at a time, undone when its process dies. */
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
  private sessions = 0;
  private transactions = 0;
  private open: Open | undefined;
  private readonly waiting: { readonly by: Connection; readonly begin: () => void }[] = [];

  private readonly chance: Chance;
  private readonly lives = new WeakMap<object, Life>();

  constructor(
    private readonly run: Run,
    readonly service: string,
  ) {
    this.chance = run.chanceOf(`database of ${service}`);
  }

  /** Whose pool it is. */
  ownerOf = (pool: object): Life | undefined => this.lives.get(pool);

  get isIdle(): boolean {
    return this.open === undefined;
  }

  /** As much of a pool of pg as the runner uses. */
  poolOf(life: Life) {
    life.onDeath(() => {
      if (this.open?.by.life === life) this.rollback(this.open.by);
    });
    const nothing = () => {};
    const pool = {
      connect: async () => {
        await life.goOn();
        if (this.away) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        const connection: Connection = { life };
        return {
          query: inTurn((asked: string | { text: string; values: unknown[] }) => this.query(connection, asked)),
          on: nothing,
          off: nothing,
          release: nothing,
        };
      },
    };
    this.lives.set(pool, life);
    return pool;
  }

  /** What is kept of a key, as it would be read by anybody. */
  state<State>({ aggregate, key }: Ref<State>): State {
    return (this.tables.states.get(aggregate.name)?.get(key) as State | undefined) ?? aggregate.initial(key);
  }

  /** What was committed and is to be sent, in its order. */
  committedOutbox(): readonly OutboxRow[] {
    const { outbox } = this.tables;
    const last = this.open?.idsBefore;
    return last === undefined ? outbox : outbox.filter(({ id }) => id <= last);
  }

  sent(ids: ReadonlySet<number>): void {
    this.tables.outbox = this.tables.outbox.filter(({ id }) => !ids.has(id));
  }

  nextSession = (): number => ++this.sessions;
  drawTransaction = (): number => ++this.transactions;

  haveEndedBefore = (transaction: number): boolean => (this.open?.transaction ?? transaction) >= transaction;

  /** Lets something have been said before anything began. */
  seed({ aggregate, key }: Ref, said: Said, at: string): void {
    const states = this.tables.states.get(aggregate.name) ?? new Map<string, unknown>();
    states.set(key, aggregate.evolve(states.get(key) ?? aggregate.initial(key), said, at));
    this.tables.states.set(aggregate.name, states);
  }

  private async query(by: Connection, asked: string | { text: string; values: unknown[] }) {
    await by.life.goOn();
    if (asked === 'begin') return this.begin(by);
    if (asked === 'commit') return this.commit(by);
    if (asked === 'rollback') return this.rollback(by);
    if (typeof asked === 'string' || this.open?.by !== by)
      throw new Error(`No transaction is open: ${JSON.stringify(asked)}.`);
    if (this.goesWrong('connection lost')) {
      this.rollback(by);
      throw lost();
    }
    const rows = statementOf(asked.text)(this.tables, asked.values.map(parseArray), Date.now() + this.skewMs, (undo) =>
      this.open!.undo.push(undo),
    );
    return { rows, rowCount: rows.length };
  }

  private async begin(by: Connection): Promise<void> {
    if (this.open) await new Promise<void>((begin) => this.waiting.push({ by, begin }));
    else this.open = this.newly(by);
    await by.life.goOn();
  }

  private async commit(by: Connection): Promise<void> {
    await by.life.pass(this.chance.between(0, MOST_COMMIT_MS));
    if (this.goesWrong('conflict')) throw new Conflict('what this batch has read');
    this.finish();
    if (this.goesWrong('commit unanswered')) throw lost();
  }

  /** It is done now: whether it goes wrong. */
  goesWrong(what: string): boolean {
    if (!this.run.triggers.strikes(`${what} ${this.service}`)) return false;
    this.run.journal.note(what, this.service);
    return true;
  }

  private newly(by: Connection): Open {
    return { by, idsBefore: this.tables.ids, transaction: this.drawTransaction(), undo: [] };
  }

  private rollback(by: Connection): void {
    if (this.open?.by !== by) return;
    for (const undo of this.open.undo.reverse()) undo();
    this.finish();
  }

  private finish(): void {
    this.open = undefined;
    // The next one begins only when it runs: until then it holds the place.
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      if (next.by.life.isOver) continue;
      this.open = this.newly(next.by);
      next.begin();
      return;
    }
  }
}

/** What a client is told whose connection has broken. */
export const lost = () => Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });

/** Keeps an aggregate in a database in memory. */
export const memoryStore = (aggregate: Aggregate): Store => ({
  async load(tx, keys) {
    const { rows } = await tx.query<{ key: string; state: unknown }>('memory: load', [aggregate.name, keys]);
    return new Map(rows.map(({ key, state }) => [key, state]));
  },
  async save(tx, changed: readonly Change[]) {
    await tx.query('memory: save', [aggregate.name, changed.map(({ key, after }) => ({ key, state: after }))]);
  },
});
