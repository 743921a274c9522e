import pg from 'pg';
import { COORDINATORS } from '../run/lab-system.js';
import type { Measured } from './measure.js';

const LOOK_EVERY_MS = 100;

/** The longest times for which a prepared transaction held its locks: of any coordinator, and of the one that no fault stops. */
type Held = Pick<Measured, 'heldSeconds' | 'livingHeldSeconds'>;

const HELD = 'coalesce(max(extract(epoch from clock_timestamp() - prepared))';

/** Samples prepared transactions ten times per second. */
export function watchLocks(connectionString: string): { seen(): Held; stop(): Promise<void> } {
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 1_000 });
  pool.on('error', () => {});
  let held = 0;
  let living = 0;
  const look = () =>
    pool
      .query(
        `select ${HELD}, 0)::float8 as held, ${HELD} filter (where gid like $1), 0)::float8 as living
           from pg_prepared_xacts where gid like 'lab:%'`,
        [`lab:${COORDINATORS[1]}:%`],
      )
      .then(({ rows }) => {
        held = Math.max(held, rows[0].held);
        living = Math.max(living, rows[0].living);
      })
      // While the cluster is down no query succeeds; prepared transactions survive it and are sampled afterwards.
      .catch(() => {});
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    seen: () => ({ heldSeconds: tenths(held), livingHeldSeconds: tenths(living) }),
    async stop() {
      clearInterval(timer);
      await pool.end();
    },
  };
}

const tenths = (seconds: number): number => Math.round(seconds * 10) / 10;
