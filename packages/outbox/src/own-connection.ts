import pg from 'pg';

const CONNECT_WITHIN_MS = 5_000;
const LEAVE_WITHIN_MS = 1_000;

// A cached plan must fit an empty table and one with millions of rows: it always uses the index on ids.
const PLAN_BY_INDEX = `select set_config('enable_seqscan', 'off', false), set_config('enable_bitmapscan', 'off', false)`;

// A session of a lost machine must not hold its locks: the server probes after 5 s of silence, and twice more, 2 s apart.
const NOTICE_LOSS = `
  select set_config('tcp_keepalives_idle', '5', false),
         set_config('tcp_keepalives_interval', '2', false),
         set_config('tcp_keepalives_count', '3', false)`;

// The read of the next rows also deletes sent ones, and must not wait until that is on disk. After a crash of the server, rows that
// come back are sent again, as after a crash of the relay. A later commit of a row flushes the earlier deletions, so their order stays.
const ASYNCHRONOUS = `select set_config('synchronous_commit', 'off', false)`;

/** Opens a connection outside of the pool to the same database. It stays open as long as it holds locks. */
export async function openOwn(pool: pg.Pool, statementTimeoutMs: number, lost: () => void): Promise<pg.Client> {
  const client = new pg.Client({
    ...pool.options,
    password: pool.options.password, // The pool makes it non-enumerable.
    application_name: 'outbox-relay',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    statement_timeout: statementTimeoutMs,
    lock_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    // For a server that never answers.
    query_timeout: 2 * statementTimeoutMs,
  });
  client.on('error', lost);
  try {
    await client.connect();
    await client.query(NOTICE_LOSS);
    await client.query(PLAN_BY_INDEX);
    await client.query(ASYNCHRONOUS);
    return client;
  } catch (error) {
    await closeOwn(client);
    throw error;
  }
}

/** Ends the session, and with it its locks. Does not wait for an unreachable server. */
export async function closeOwn(client: pg.Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LEAVE_WITHIN_MS);
  });
  await Promise.race([client.end().catch(() => {}), enough]);
  clearTimeout(timer);
}
