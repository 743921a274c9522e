/**
 * Variables that a person's shell may have for anything at all, while services take them for their own: where they listen, which
 * database and brokers are theirs, how Node and PostgreSQL's client behave. Who means our services uses names of ours (`ORDER_PORT`).
 */
const GENERIC = /^(HOST|PORT|ADMIN_HOST|ADMIN_PORT|NODE_OPTIONS|DATABASE_.*|KAFKA_.*|PG[A-Z].*)$/i;

/** What a process of ours gets of the shell from which we were started. */
export const plainShell = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !GENERIC.test(name)));

/** Has this process itself forget what is not meant for it, before it talks to a database. `KAFKA_BROKERS` is meant for it. */
export function forgetShell(): void {
  const plain = plainShell();
  for (const name of Object.keys(process.env)) {
    if (!(name in plain) && name !== 'KAFKA_BROKERS') delete process.env[name];
  }
}
