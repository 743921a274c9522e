import pg from 'pg';
import type { Injection } from './injection.js';
import { repeat } from './repeat.js';

export const brokerKill: Injection = async ({ kafka }) => {
  kafka.kill();
  return () => kafka.bringBack();
};

export const brokerRestart: Injection = async ({ kafka }) => {
  await kafka.stop();
  return () => kafka.bringBack();
};

export const databaseKill: Injection = async ({ postgres }) => {
  await postgres.kill();
  return () => postgres.bringBack();
};

export const databaseRestart: Injection = async ({ postgres }) => {
  await postgres.stop();
  return () => postgres.bringBack();
};

/** Terminates the sessions of one service within their transactions, as an operator's script or a failover does. */
export const terminateBackends: Injection = async ({ postgres }, { target }) =>
  repeat(async () => {
    const client = new pg.Client({ connectionString: postgres.superuserUrl('postgres') });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [target]);
    } catch {
      // The server is down because of another fault, which also ends the sessions.
    } finally {
      await client.end().catch(() => {});
    }
  });
