import { withoutKeys } from '@quadrille/choreography';
import type { ServiceDefinition, StoreBinding } from '@quadrille/nest';
import { newId } from '@quadrille/nest';
import { retryConflicts, transaction } from '@quadrille/postgres';
import pg from 'pg';
import { type Dependencies, LocalTransaction } from '../local-transaction.js';
import { systemClock } from '../process/clock.js';
import { type ParticipantContext, Refusal, type ServiceName } from '../protocol.js';
import { postgresRecords } from './postgres-records.js';

/**
 * A statement of a participant that waits longer for a row lock is a vote no. Not a lock_timeout: that limits each of the two locks of a
 * row (its turn, and the transaction that holds it), so a vote came after the timeout of its call, and its transaction stayed prepared.
 */
export const LOCK_TIMEOUT_MS = 2_000;
/** PostgreSQL error codes: a statement was not done in time, no prepared-transaction slot is left, no such prepared transaction. */
const QUERY_CANCELED = '57014';
const OUT_OF_SLOTS = '53200';
const UNDEFINED_OBJECT = '42704';

export function poolOf(connectionString: string, statementTimeoutMs = 10_000): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: 20,
    connectionTimeoutMillis: 3_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: 12_000,
  });
  pool.on('error', () => {});
  return pool;
}

/** The workplace that a service definition describes. */
export function dependenciesOf(definition: ServiceDefinition<any, any>, env: Record<string, any>): Dependencies {
  const stores = (
    typeof definition.stores === 'function' ? definition.stores(env) : definition.stores
  ) as readonly StoreBinding[];
  return {
    part: definition.steps,
    stores,
    gateways: definition.gateways?.(env, { personalData: withoutKeys }),
    records: postgresRecords,
    newId,
    now: Date.now,
  };
}

/** A call whose arguments no protocol sends. */
export class MalformedCall extends Error {}

/** `coordinator-1:` and the order id. */
const NAME = /^[a-z]+-\d:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A service on its own PostgreSQL database. */
export function postgresParticipant(
  service: ServiceName,
  pool: pg.Pool,
  dependencies: Dependencies,
): ParticipantContext {
  const gid = (name: string) => {
    if (!NAME.test(name)) throw new MalformedCall('A transaction is named by its coordinator and a UUID.');
    return pg.escapeLiteral(`lab:${name}:${service}`);
  };
  return {
    service,
    clock: systemClock,
    transaction: async (work, prepareAs) =>
      retryConflicts(() =>
        transaction(
          pool,
          async (tx) => {
            const local = new LocalTransaction(dependencies, tx);
            const result = await work(local);
            await local.end();
            return result;
          },
          prepareAs ? `prepare transaction ${gid(prepareAs)}` : 'commit',
        ),
      ).catch(refused),
    async finish(name, how) {
      const verb = how === 'commit' ? 'commit' : 'rollback';
      await pool.query(`${verb} prepared ${gid(name)}`).catch((error: { code?: string }) => {
        if (error.code !== UNDEFINED_OBJECT) throw error;
      });
    },
    async inDoubt() {
      const { rows } = await pool.query<{ name: string; since: string }>(
        `select substr(gid, 5, length(gid) - 5 - length($1::text)) as name, extract(epoch from prepared) * 1000 as since
           from pg_prepared_xacts where database = current_database() and gid like 'lab:%' order by prepared`,
        [service],
      );
      return rows.map((row) => ({ name: row.name, since: Number(row.since) }));
    },
  };
}

function refused(error: { code?: string }): never {
  if (error.code === QUERY_CANCELED) throw new Refusal('lock-timeout');
  if (error.code === OUT_OF_SLOTS) throw new Refusal('too-many-in-doubt');
  throw error;
}
