import { type Aggregate, type Change, Conflict, type Ref, type Said, type Store } from '@quadrille/choreography';
import { inTurn } from './in-turn.js';
import type { Life, Run } from './life.js';
import { statementOf } from './statements.js';
import type { OutboxRow, Tables } from './tables.js';

const CONFLICTS_ONE_IN = 300;
const MOST_COMMIT_MS = 4;

interface Open {
  readonly life: Life;
  /** Rows of the outbox with a higher number are not committed. */
  readonly idsBefore: number;
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
    ids: 0,
    repetitions: 0,
  };
  away = false;
  /** How far its clock is from the others', in milliseconds. */
  skewMs = 0;
  private open: Open | undefined;
  private readonly waiting: { readonly life: Life; readonly begin: () => void }[] = [];

  constructor(
    private readonly run: Run,
    readonly service: string,
  ) {}

  get isIdle(): boolean {
    return this.open === undefined;
  }

  /** As much of a pool of pg as the runner uses. */
  poolOf(life: Life) {
    life.onDeath(() => {
      if (this.open?.life === life) this.rollback();
    });
    const nothing = () => {};
    return {
      connect: async () => {
        await life.goOn();
        if (this.away) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        return {
          query: inTurn((asked: string | { text: string; values: unknown[] }) => this.query(life, asked)),
          on: nothing,
          off: nothing,
          release: nothing,
        };
      },
    };
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

  /** Lets something have been said before anything began. */
  seed({ aggregate, key }: Ref, said: Said, at: string): void {
    const states = this.tables.states.get(aggregate.name) ?? new Map<string, unknown>();
    states.set(key, aggregate.evolve(states.get(key) ?? aggregate.initial(key), said, at));
    this.tables.states.set(aggregate.name, states);
  }

  private async query(life: Life, asked: string | { text: string; values: unknown[] }) {
    await life.goOn();
    if (asked === 'begin') return this.begin(life);
    if (asked === 'commit') return this.commit(life);
    if (asked === 'rollback') return this.rollback();
    if (typeof asked === 'string' || !this.open) throw new Error(`No transaction is open: ${JSON.stringify(asked)}.`);
    const rows = statementOf(asked.text)(this.tables, asked.values, Date.now() + this.skewMs, (undo) =>
      this.open!.undo.push(undo),
    );
    return { rows, rowCount: rows.length };
  }

  private async begin(life: Life): Promise<void> {
    if (this.open) await new Promise<void>((begin) => this.waiting.push({ life, begin }));
    await life.goOn();
    this.open = this.newly(life);
  }

  private async commit(life: Life): Promise<void> {
    await life.pass(this.run.chance.between(0, MOST_COMMIT_MS));
    await life.point('before the database committed');
    if (this.run.faulty() && this.run.chance.oneIn(CONFLICTS_ONE_IN)) {
      this.run.journal.note('conflict', this.service);
      throw new Conflict('what this batch has read');
    }
    this.finish();
    await life.point('after the database committed');
  }

  private newly(life: Life): Open {
    return { life, idsBefore: this.tables.ids, undo: [] };
  }

  private rollback(): void {
    if (!this.open) return;
    for (const undo of this.open.undo.reverse()) undo();
    this.finish();
  }

  private finish(): void {
    this.open = undefined;
    // The next one begins only when it runs: until then it holds the place.
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      if (next.life.isOver) continue;
      this.open = this.newly(next.life);
      next.begin();
      return;
    }
  }
}

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
