import { Conflict } from '@quadrille/choreography';
import type { Chance } from './chance.js';
import { type DatabaseTroubles, lost, sqlError } from './database-troubles.js';
import type { Life, Run } from './life.js';
import type { Connection } from './memory-pool.js';
import { type OpenTransaction, openTransaction } from './open-transaction.js';
import { parseArray } from './parse-array.js';
import { readsNothing, statementOf } from './statements.js';
import type { Tables } from './tables.js';
import { type CommittedOutbox, waitingRows } from './waiting-rows.js';

const MOST_COMMIT_MS = 4;
/** Maximum time until the database decides the transaction of a lost connection. */
const MOST_DOUBT_MS = 2_000;
/** The default lock timeout. */
const LOCK_TIMEOUT_MS = 2_000;
/** Divides lock waits, because here every transaction waits for the one that waits for a row. */
const WAITS_A_PART = 10;
const SETS_LOCK_TIMEOUT = /set_config\('lock_timeout', '(\d+)'/;

/** The state of a database that its transactions read and change. */
interface Served extends CommittedOutbox {
  readonly tables: Tables;
  readonly troubles: DatabaseTroubles;
  readonly server: number;
  readonly skewMs: number;
  goesWrong(what: string): boolean;
}

/** The transactions of a database: one at a time, rolled back when the process dies. */
export class MemoryTransactions {
  private open: OpenTransaction | undefined;
  private readonly waiting: { readonly by: Connection; readonly begin: () => void }[] = [];
  private count = 0;

  constructor(
    private readonly database: Served,
    private readonly run: Run,
    private readonly chance: Chance,
  ) {}

  get isIdle(): boolean {
    return this.open === undefined;
  }

  /** Rows of the outbox with a higher number are not committed. */
  get lastCommitted(): number | undefined {
    return this.open?.idsBefore;
  }

  draw = (): number => ++this.count;

  haveEndedBefore = (transaction: number): boolean => (this.open?.transaction ?? transaction) >= transaction;

  endOf(life: Life): void {
    if (this.open?.by.life === life) this.rollback(this.open.by);
  }

  /** The client has disconnected: its transaction is rolled back, unless the server decides it later. */
  disconnected(by: Connection): void {
    if (this.open?.by === by && !this.open.isInDoubt) this.rollback(by);
  }

  async query(by: Connection, text: string, values: readonly unknown[]) {
    const answered = this.answer(by, text, values);
    await answered.catch(() => {});
    if (by.isSilent) throw lost();
    return answered;
  }

  private async answer(by: Connection, text: string, values: readonly unknown[]) {
    await by.life.goOn();
    if (by.isBroken) throw lost();
    if (text.startsWith('begin')) by.lockTimeoutMs = LOCK_TIMEOUT_MS;
    if (text.startsWith('begin')) return ANSWERED;
    by.lockTimeoutMs = Number(SETS_LOCK_TIMEOUT.exec(text)?.[1] ?? by.lockTimeoutMs);
    if (text === 'commit') return this.commit(by);
    if (text === 'rollback') return this.rollback(by);
    if (text.includes('from outbox_waiting_rows')) return { rows: waitingRows(this.database, values.map(parseArray)) };
    if (this.open?.by !== by && readsNothing(text)) return ANSWERED;
    const open = await this.opened(by);
    if (this.database.goesWrong('connection lost')) {
      if (this.chance.oneIn(2)) return this.cut(by);
      // The server executes statements that were sent with it, including the commit.
      by.isSilent = true;
    }
    const [, control, name = ''] = /^(savepoint|release savepoint|rollback to savepoint) (\w+)$/.exec(text) ?? [];
    if (control === 'rollback to savepoint') this.undoTo(open, open.savepoints.get(name) ?? 0);
    if (open.isFailed) throw sqlError('25P02', 'current transaction is aborted, commands ignored until end of block');
    if (control === 'savepoint') open.savepoints.set(name, open.undo.length);
    if (control !== undefined || readsNothing(text)) return ANSWERED;
    return this.execute(open, text, values);
  }

  private async execute(open: OpenTransaction, text: string, given: readonly unknown[]) {
    const values = given.map(parseArray);
    try {
      const error = this.database.troubles.errorOf(text, values, open.by.server < this.database.server);
      if (error) throw error;
      const undo = (undo: () => void) => void open.undo.push(undo);
      const rows = statementOf(text)(this.database.tables, values, Date.now() + this.database.skewMs, undo);
      return { rows, rowCount: rows.length };
    } catch (error) {
      const { code } = error as { code?: string };
      open.isFailed = code !== undefined;
      if (code === '55P03') await open.by.life.pass(open.by.lockTimeoutMs / WAITS_A_PART);
      throw error;
    }
  }

  /** As in PostgreSQL, a transaction begins with the first statement that reads or writes. */
  private async opened(by: Connection): Promise<OpenTransaction> {
    if (this.open?.by === by) return this.open;
    if (this.open) await new Promise<void>((begin) => this.waiting.push({ by, begin }));
    else this.open = openTransaction(by, this.database.tables.ids, this.draw());
    await by.life.goOn();
    return this.open!;
  }

  private async commit(by: Connection) {
    if (this.open?.by !== by) return { ...ANSWERED, command: 'COMMIT' };
    await by.life.pass(this.chance.between(0, MOST_COMMIT_MS));
    if (this.database.goesWrong('conflict')) throw new Conflict('a row that this batch has read');
    if (this.open.isFailed || this.database.goesWrong('commit rolled back')) return this.rollback(by);
    if (this.database.goesWrong('commit in doubt')) return this.doubt(by);
    this.finish();
    if (this.database.goesWrong('commit unanswered')) return this.cut(by);
    return { ...ANSWERED, command: 'COMMIT' };
  }

  /** Breaks the connection; its open transaction is rolled back. */
  private cut(by: Connection): never {
    by.isBroken = true;
    this.rollback(by);
    throw lost();
  }

  /** Breaks the connection while the transaction stays open; other transactions wait for its end. */
  private doubt(by: Connection): never {
    by.isBroken = true;
    const open = this.open!;
    open.isInDoubt = true;
    const commits = this.chance.oneIn(2);
    this.run.time.plan(this.chance.between(0, MOST_DOUBT_MS), () => {
      if (this.open !== open) return;
      if (commits) this.finish();
      else this.rollback(by);
    });
    throw lost();
  }

  private rollback(by: Connection) {
    if (this.open?.by === by) {
      this.undoTo(this.open, 0);
      this.finish();
    }
    return { ...ANSWERED, command: 'ROLLBACK' };
  }

  private undoTo(open: OpenTransaction, length: number): void {
    for (const undo of open.undo.splice(length).reverse()) undo();
    open.isFailed = false;
  }

  private finish(): void {
    this.open = undefined;
    // The next transaction begins only when it runs; until then it has the place.
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      if (next.by.life.isOver) continue;
      this.open = openTransaction(next.by, this.database.tables.ids, this.draw());
      next.begin();
      return;
    }
  }
}

const ANSWERED = { rows: [{}] as any[], rowCount: 1 };
