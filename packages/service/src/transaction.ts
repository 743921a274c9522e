import type { Socket } from 'node:net';
import type { Tx } from '@quadrille/choreography';
import type { Pool, PoolClient } from 'pg';
import { allOf } from './all-of.js';
import { arrayLiteral } from './array-literal.js';

const names = new Map<string, string>();

/** The same text has the same name on every connection, so that PostgreSQL parses and plans it once. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known) return known;
  const name = `q${names.size}`;
  names.set(text, name);
  return name;
}

const txOn = (client: PoolClient): Tx => ({
  query(text, values = []) {
    together(client);
    return client.query({ name: nameOf(text), text, values: values.map(parameterOf) });
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

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. Statements go to the database as they
 * are called, also while earlier ones run, and run in that order; where one fails those after it fail, too. `ending`: the
 * statement that ends it instead of `commit`.
 */
export async function transaction<Result>(
  pool: Pool,
  work: (tx: Tx) => Promise<Result>,
  ending = 'commit',
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    together(client);
    const [, result] = await allOf([client.query('begin'), work(txOn(client))]);
    await client.query(ending);
    return result;
  } catch (error) {
    // A server that did not answer this will not answer that either: the connection is thrown away.
    if (isSilence(error)) broken ??= error as Error;
    else {
      await client.query('rollback').catch((failed: Error) => {
        broken ??= failed;
      });
    }
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** What `pg` says when nothing was heard for longer than `query_timeout`. */
const isSilence = (error: unknown): boolean => error instanceof Error && error.message === 'Query read timeout';
