import type { Socket } from 'node:net';
import type { Tx } from '@quadrille/choreography';
import type { Pool, PoolClient } from 'pg';
import { allOf } from './all-of.js';
import { arrayLiteral } from './array-literal.js';
import { CommitInDoubt, endsSession, fromDatabase, isAftermath, SilentRollback, scopeOf } from './pg-errors.js';

const names = new Map<string, string>();

/** The same text has the same name on every connection, so that PostgreSQL parses and plans it once. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known) return known;
  const name = `q${names.size}`;
  names.set(text, name);
  return name;
}

const txOn = (client: PoolClient, onFailure: (error: unknown) => void): Tx => ({
  query(text, values = []) {
    together(client);
    const answer = client.query({ name: nameOf(text), text, values: values.map(parameterOf) });
    answer.catch(onFailure);
    return answer;
  },
});

/** What is asked in one turn of the loop goes out as one packet: sending costs as much as a small statement. */
function together(client: PoolClient): void {
  const { stream } = (client as unknown as { connection?: { stream: Socket } }).connection ?? {};
  if (!stream || stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

const parameterOf = (value: unknown): unknown => (Array.isArray(value) ? (arrayLiteral(value) ?? value) : value);

/** What all is written for; a server or role may have another default. */
const BEGIN = 'begin isolation level read committed';

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. Statements go to the database as they
 * are called, also while earlier ones run, and run in that order; where one fails those after it fail, too. `ending`: the
 * statement that ends it instead of `commit`.
 * Throws {@link CommitInDoubt} when the commit was sent and not answered, {@link SilentRollback} when `work` swallowed an error.
 */
export async function transaction<Result>(
  pool: Pool,
  work: (tx: Tx) => Promise<Result>,
  ending = 'commit',
): Promise<Result> {
  const client = await connect(pool);
  let broken: Error | undefined;
  let first: unknown;
  const onError = (error: Error) => {
    broken = fromDatabase(error);
  };
  client.on('error', onError);
  try {
    together(client);
    const tx = txOn(client, (error) => {
      first ??= error;
    });
    const [, result] = await allOf([client.query(BEGIN), work(tx)]);
    await end(client, ending, () => first);
    return result;
  } catch (error) {
    const told = isAftermath(error) ? (first ?? error) : error;
    const scope = scopeOf(told);
    if (scope === 'database') suspected.set(pool, performance.now());
    // Such a server would not take the next statement either: the connection is thrown away.
    if (scope === 'database' || endsSession(told)) broken ??= told as Error;
    else await client.query('rollback').catch(onError);
    throw told;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function end(client: PoolClient, ending: string, swallowed: () => unknown): Promise<void> {
  const answer = await client.query(ending).catch((error: unknown) => {
    throw endsSession(error) ? new CommitInDoubt(error) : error;
  });
  // To commit what has failed is no error to PostgreSQL: it rolls back and says so.
  if (answer.command === 'ROLLBACK' && ending !== 'rollback') throw new SilentRollback(swallowed());
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
