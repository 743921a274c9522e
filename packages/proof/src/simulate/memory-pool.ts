import { inTurn } from './in-turn.js';
import type { Life } from './life.js';

type Asked = string | { readonly text: string; readonly values?: readonly unknown[] };

/** One of the connections of a process. */
export interface Connection {
  readonly life: Life;
  /** Which server it leads to: after a failover the old one takes no writes. */
  readonly server: number;
  /** Nothing comes through any more. */
  isBroken: boolean;
  /** What was sent is taken, and no answer comes through. */
  isUnheard: boolean;
  /** So long its transaction waits for a row. */
  lockTimeoutMs: number;
}

/** What a pool needs to know of its database. */
interface Reachable {
  readonly away: boolean;
  readonly server: number;
}

/** What answers its connections. */
interface Answering {
  query(by: Connection, text: string, values: readonly unknown[]): Promise<object>;
  disconnected(by: Connection): void;
}

/** As much of a pool of pg as the runner uses: a connection that is given back whole is used again. */
export function memoryPool(database: Reachable, transactions: Answering, life: Life) {
  const nothing = () => {};
  const clientOf = (connection: Connection) => {
    const query = inTurn((asked: Asked) =>
      typeof asked === 'string'
        ? transactions.query(connection, asked, [])
        : transactions.query(connection, asked.text, asked.values ?? []),
    );
    const release = (broken?: Error | boolean) => {
      if (broken || connection.isBroken || connection.isUnheard) transactions.disconnected(connection);
      else idle.push(client);
    };
    const client = { query, release, on: nothing, off: nothing };
    return client;
  };
  const idle: ReturnType<typeof clientOf>[] = [];
  return {
    async connect() {
      await life.goOn();
      if (database.away) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      return (
        idle.pop() ?? clientOf({ life, server: database.server, isBroken: false, isUnheard: false, lockTimeoutMs: 0 })
      );
    },
  };
}
