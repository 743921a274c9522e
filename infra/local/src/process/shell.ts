/**
 * Variables that a user's shell may set for other programs, and that services would read: listen address, database and brokers,
 * options of Node and of PostgreSQL's client. The variables for the services have prefixes (`ORDER_PORT`).
 */
const GENERIC = /^(HOST|PORT|ADMIN_HOST|ADMIN_PORT|NODE_OPTIONS|DATABASE_.*|KAFKA_.*|PG[A-Z].*)$/i;

/** The environment for child processes, without these variables. */
export const plainShell = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !GENERIC.test(name)));

/** Removes these variables from the current process before it uses a database, except `KAFKA_BROKERS`, which configures it. */
export function leaveShell(): void {
  const plain = plainShell();
  for (const name of Object.keys(process.env)) {
    if (!(name in plain) && name !== 'KAFKA_BROKERS') delete process.env[name];
  }
}
