import pg from 'pg';

const LOOK_EVERY_MS = 100;

/** Samples prepared transactions ten times per second and records the longest time for which one held its locks. */
export function watchLocks(connectionString: string): { heldSeconds(): number; stop(): Promise<void> } {
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 1_000 });
  pool.on('error', () => {});
  let held = 0;
  const look = () =>
    pool
      .query(
        `select coalesce(max(extract(epoch from clock_timestamp() - prepared)), 0)::float8 as held from pg_prepared_xacts`,
      )
      .then(({ rows }) => {
        held = Math.max(held, rows[0].held);
      })
      // While the cluster is down no query succeeds; prepared transactions survive it and are sampled afterwards.
      .catch(() => {});
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    heldSeconds: () => Math.round(held * 10) / 10,
    async stop() {
      clearInterval(timer);
      await pool.end();
    },
  };
}
