import type { Chance } from './chance.js';
import { lost } from './database-troubles.js';
import type { Life } from './life.js';
import type { MemoryDatabase } from './memory-database.js';
import { changes, relayStatementOf } from './relay-statements.js';

const MOST_ANSWER_MS = 4;

type Query = string | { readonly text: string; readonly values: readonly unknown[] };

/** The relay's own connection to a database in memory: it reads committed rows, and holds locks until it ends. */
export class MemoryRelayConnection {
  private isOver = false;

  private constructor(
    readonly pid: number,
    private readonly database: MemoryDatabase,
    private readonly life: Life,
    private readonly chance: Chance,
    private readonly lost: () => void,
  ) {}

  static async open(database: MemoryDatabase, life: Life, chance: Chance, onLost: () => void) {
    await life.goOn();
    if (database.away) throw lost();
    const connection = new MemoryRelayConnection(database.nextSession(), database, life, chance, onLost);
    life.onDeath(() => connection.close());
    return connection;
  }

  async query(query: Query, given: readonly unknown[] = []): Promise<{ rows: object[] }> {
    const { text, values } = typeof query === 'string' ? { text: query, values: given } : query;
    await this.life.goOn();
    const removes = changes(text, values);
    if (this.isOver || this.database.away || (removes && this.database.goesWrong('connection lost'))) this.break();
    const rows = relayStatementOf(text)(this.database, this, values);
    if (!removes) return { rows };
    await this.life.pass(this.chance.between(0, MOST_ANSWER_MS));
    if (this.database.goesWrong('commit unanswered')) this.break();
    return { rows };
  }

  async end(): Promise<void> {
    this.close();
  }

  private close(): void {
    this.isOver = true;
    this.database.locks.free(this);
  }

  private break(): never {
    this.close();
    this.lost();
    throw lost();
  }
}
