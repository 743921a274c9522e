import type { Tx } from '@quadrille/choreography';
import type { Pool, PoolClient } from 'pg';
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
import { execute, together, withPacket } from './statements.js';
import { settleAll } from './writes.js';

const clients = new WeakMap<Tx, PoolClient>();

function txOn(client: PoolClient, onFailure: (error: unknown) => void): Tx {
  const tx: Tx = {
    query(text, values = []) {
      together(client);
      const answer = execute(client, text, values);
      answer.catch(onFailure);
      return answer;
    },
  };
  clients.set(tx, client);
  return tx;
}

/** Returns the `pg` client of a transaction of {@link transaction}, for libraries with their own statements. */
export function clientOf(tx: Tx): PoolClient {
  const client = clients.get(tx);
  if (!client) throw new Error('The transaction was not opened by @quadrille/postgres.');
  return client;
}

/**
 * Runs `work` under a savepoint. If it rejects, its writes are rolled back and the transaction continues. Send no other statement
 * of the transaction until then.
 */
export async function savepoint<Result>(tx: Tx, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  // The savepoint rolls back a failure in here, so the failure must not fail the transaction.
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
    // If `work` swallowed an error, the release fails; the swallowed error is the cause.
    const reported = isAftermath(error) ? (first ?? error) : error;
    await inner.query('rollback to savepoint step');
    throw reported;
  }
}

/** All statements assume this level; a server or role may have another default. */
const BEGIN = 'begin isolation level read committed';

/** Work that follows a commit at once. */
export interface AfterCommit {
  /** A read that is sent with the commit and runs after it, in a transaction of its own. */
  readonly read?: { readonly text: string; readonly values: readonly unknown[] } | undefined;
  /** Called after the commit, with the rows of the read; without them if it failed. Never called without a commit. */
  committed(rows: readonly object[] | undefined): void;
}

/** Result of `work` that has sent its last statements, so that the commit can travel in the same packet. */
export class LastWrites<Result> {
  constructor(
    readonly answered: Promise<Result>,
    readonly afterCommit?: AfterCommit,
  ) {
    // The transaction awaits this, unless something else fails first.
    answered.catch(() => {});
  }
}

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. Statements are sent as they are
 * called, also while earlier ones run, and run in that order. If one fails, later ones fail as well, including the commit.
 * `ending`: the final statement instead of `commit`.
 *
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
      // The failed statement was never sent, so the server would commit the others.
      if (first !== undefined && came instanceof LastWrites) throw first;
      return Promise.allSettled([client.query(ending), last.answered, readBehind(client, last.afterCommit)]);
    });
    isOver = ended[0].status === 'fulfilled';
    const result = resultOf(ended, ending, first);
    last.afterCommit?.committed(ended[2].status === 'fulfilled' ? ended[2].value?.rows : undefined);
    return result;
  } catch (error) {
    const reported = isAftermath(error) ? (first ?? error) : error;
    const scope = scopeOf(reported);
    if (scope === 'database') suspected.set(pool, performance.now());
    // Such a server would also reject the next statement: the connection is dropped.
    if (scope === 'database' || endsSession(reported)) broken ??= reported as Error;
    else if (!isOver) await client.query('rollback').catch(onError);
    throw reported;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

const readBehind = (client: PoolClient, { read }: Partial<AfterCommit> = {}) =>
  read && execute(client, read.text, read.values);

type Ended<Result> = readonly [
  PromiseSettledResult<{ readonly command: string }>,
  PromiseSettledResult<Result>,
  ...unknown[],
];

/** `first`: the first failed statement, if any. */
function resultOf<Result>([ended, written]: Ended<Result>, ending: string, first: unknown): Result {
  if (ended.status === 'rejected') {
    // The server refused an earlier statement, so it did not commit, regardless of its answer.
    if (isRefusal(first)) throw written.status === 'rejected' && isConflict(written.reason) ? written.reason : first;
    throw endsSession(ended.reason) ? new CommitInDoubt(ended.reason) : ended.reason;
  }
  // For PostgreSQL, a commit after a failed statement is no error: it rolls back and answers ROLLBACK.
  if (ended.value.command === 'ROLLBACK' && ending !== 'rollback') {
    throw written.status === 'rejected' ? written.reason : new SilentRollback(first);
  }
  // The transaction is committed: an error in later processing of the answers does not change that.
  if (written.status === 'rejected') throw new CommitInDoubt(fromDatabase(written.reason));
  return written.value;
}

/** Time of the last error of scope `database` per pool, and the age of each connection. */
const suspected = new WeakMap<Pool, number>();
const knownSince = new WeakMap<PoolClient, number>();

/** Returns a connection younger than the last such error: after a failover, older ones still lead to the former server. */
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
