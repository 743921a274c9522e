import type { Socket } from 'node:net';
import type { Tx } from '@quadrille/choreography';
import type { Pool, PoolClient } from 'pg';
import { arrayLiteral } from './array-literal.js';
import {
  CommitInDoubt,
  endsSession,
  fromDatabase,
  isAftermath,
  isConflict,
  isRefusal,
  SilentRollback,
  scopeOf,
} from './pg-errors.js';
import { settleAll } from './settle-all.js';

const names = new Map<string, string>();

/** The same text has the same name on every connection, so that PostgreSQL parses and plans it once. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known) return known;
  const name = `q${names.size}`;
  names.set(text, name);
  return name;
}

const clients = new WeakMap<Tx, PoolClient>();

function txOn(client: PoolClient, onFailure: (error: unknown) => void): Tx {
  const tx: Tx = {
    query(text, values = []) {
      together(client);
      const answer = client.query({ name: nameOf(text), text, values: values.map(parameterOf) });
      answer.catch(onFailure);
      return answer;
    },
  };
  clients.set(tx, client);
  return tx;
}

/** The `pg` client under a transaction that {@link transaction} opened: for libraries that bring their own statements. */
export function clientOf(tx: Tx): PoolClient {
  const client = clients.get(tx);
  if (!client) throw new Error('This is no transaction of @quadrille/postgres.');
  return client;
}

/**
 * Runs `work` under a savepoint: when it rejects, what it wrote is undone and the transaction goes on. Nothing else may be sent meanwhile.
 */
export async function savepoint<Result>(tx: Tx, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  // A failure in here is undone by the savepoint, so the transaction must not be failed for it.
  let first: unknown;
  const inner = txOn(clientOf(tx), (error) => {
    first ??= error;
  });
  await inner.query('savepoint step');
  try {
    const result = await work(inner);
    await inner.query('release savepoint step');
    return result;
  } catch (error) {
    // Where `work` swallowed an error, the release is what fails; the error is what tells.
    const told = isAftermath(error) ? (first ?? error) : error;
    await inner.query('rollback to savepoint step');
    throw told;
  }
}

/** What is asked in one turn of the loop goes out as one packet: sending costs as much as a small statement. */
function together(client: PoolClient): void {
  const stream = streamOf(client);
  if (!stream || stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

const streamOf = (client: PoolClient): Socket | undefined =>
  (client as unknown as { connection?: { stream: Socket } }).connection?.stream;

/** Keeps the packet open until all that is to go into it has been asked, or has failed before it could be. */
async function withPacket<Result>(client: PoolClient, work: () => Result): Promise<Result> {
  const stream = streamOf(client);
  stream?.cork();
  try {
    await new Promise<void>((resolve) => process.nextTick(resolve));
    return work();
  } finally {
    stream?.uncork();
  }
}

const parameterOf = (value: unknown): unknown => (Array.isArray(value) ? (arrayLiteral(value) ?? value) : value);

/** What all is written for; a server or role may have another default. */
const BEGIN = 'begin isolation level read committed';

/** What `work` comes to when its last statements are sent: all of them, so that the commit may follow in the same packet. */
export class LastWrites<Result> {
  constructor(readonly answered: Promise<Result>) {
    // Who is handed this waits for it, unless something else fails before.
    answered.catch(() => {});
  }
}

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. Statements go to the database as they
 * are called, also while earlier ones run, and run in that order; where one fails those after it fail, too, the commit as well. `ending`: the
 * statement that ends it instead of `commit`.
 * Throws {@link CommitInDoubt} when the commit was sent and not answered, {@link SilentRollback} when `work` swallowed an error.
 */
export async function transaction<Result>(
  pool: Pool,
  work: (tx: Tx) => Promise<Result | LastWrites<Result>>,
  ending = 'commit',
): Promise<Result> {
  const client = await connect(pool);
  let broken: Error | undefined;
  let first: unknown;
  let isOver = false;
  const onError = (error: Error) => {
    broken = fromDatabase(error);
  };
  client.on('error', onError);
  try {
    together(client);
    const tx = txOn(client, (error) => {
      first ??= error;
    });
    const [, came] = await settleAll([client.query(BEGIN), work(tx)]);
    const last = came instanceof LastWrites ? came : new LastWrites(Promise.resolve(came));
    const ended = await withPacket(client, () => {
      // It was never sent, so the server knows nothing of it and would commit the rest.
      if (first !== undefined && came instanceof LastWrites) throw first;
      return Promise.allSettled([client.query(ending), last.answered]);
    });
    isOver = ended[0].status === 'fulfilled';
    return resultOf(ended, ending, first);
  } catch (error) {
    const told = isAftermath(error) ? (first ?? error) : error;
    const scope = scopeOf(told);
    if (scope === 'database') suspected.set(pool, performance.now());
    // Such a server would not take the next statement either: the connection is thrown away.
    if (scope === 'database' || endsSession(told)) broken ??= told as Error;
    else if (!isOver) await client.query('rollback').catch(onError);
    throw told;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

type Ended<Result> = readonly [PromiseSettledResult<{ readonly command: string }>, PromiseSettledResult<Result>];

/** `first`: the first statement that failed, if one did. */
function resultOf<Result>([ended, written]: Ended<Result>, ending: string, first: unknown): Result {
  if (ended.status === 'rejected') {
    // Where the server refused a statement before, it did not commit, whether it could say so or not.
    if (isRefusal(first)) throw written.status === 'rejected' && isConflict(written.reason) ? written.reason : first;
    throw endsSession(ended.reason) ? new CommitInDoubt(ended.reason) : ended.reason;
  }
  // To commit what has failed is no error to PostgreSQL: it rolls back and says so.
  if (ended.value.command === 'ROLLBACK' && ending !== 'rollback') {
    throw written.status === 'rejected' ? written.reason : new SilentRollback(first);
  }
  // It is committed: what was made of the answers afterwards changes nothing.
  if (written.status === 'rejected') throw new CommitInDoubt(fromDatabase(written.reason));
  return written.value;
}

/** When each pool last met a server that answers but cannot work, and since when each connection is known. */
const suspected = new WeakMap<Pool, number>();
const knownSince = new WeakMap<PoolClient, number>();

/** A connection that is not older than the last trouble: after a failover the others still lead to the server of before. */
async function connect(pool: Pool): Promise<PoolClient> {
  for (;;) {
    const client = await pool.connect().catch((error: unknown) => {
      throw fromDatabase(error);
    });
    const since = knownSince.get(client);
    if (since === undefined) knownSince.set(client, performance.now());
    if (since === undefined || since > (suspected.get(pool) ?? Number.NEGATIVE_INFINITY)) return client;
    client.release(true);
  }
}
