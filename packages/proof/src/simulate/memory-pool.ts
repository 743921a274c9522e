import type { Life } from './life.js';

type Query = string | { readonly text: string; readonly values?: readonly unknown[] };

/** A connection of a process. */
export interface Connection {
  readonly life: Life;
  /** The server that it leads to: after a failover the old one is read-only. */
  readonly server: number;
  /** The connection is broken in both directions. */
  isBroken: boolean;
  /** The server receives statements, but its answers are lost. */
  isSilent: boolean;
  /** The lock timeout of its transaction. */
  lockTimeoutMs: number;
}

/** The state of a database that a pool depends on. */
interface Reachable {
  readonly away: boolean;
  readonly server: number;
}

/** The server side of a connection. */
interface Answering {
  query(by: Connection, text: string, values: readonly unknown[]): Promise<object>;
  disconnected(by: Connection): void;
}

/** The subset of a pg pool that the runner uses: an intact connection is reused after its release. */
export function memoryPool(database: Reachable, transactions: Answering, life: Life) {
  const nothing = () => {};
  const clientOf = (connection: Connection) => {
    const query = inTurn((query: Query) =>
      typeof query === 'string'
        ? transactions.query(connection, query, [])
        : transactions.query(connection, query.text, query.values ?? []),
    );
    const release = (broken?: Error | boolean) => {
      if (broken || connection.isBroken || connection.isSilent) transactions.disconnected(connection);
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
        idle.pop() ?? clientOf({ life, server: database.server, isBroken: false, isSilent: false, lockTimeoutMs: 0 })
      );
    },
  };
}

/** Serialises concurrent requests, as a connection of PostgreSQL does. */
export function inTurn<Request, Answer>(
  answer: (request: Request) => Promise<Answer>,
): (request: Request) => Promise<Answer> {
  let before: Promise<unknown> = Promise.resolve();
  return (request) => {
    const answered = before.then(() => answer(request));
    before = answered.catch(() => {});
    return answered;
  };
}
