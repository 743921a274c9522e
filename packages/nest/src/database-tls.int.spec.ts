import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority, type LocalPostgres, startPostgres } from '@quadrille/local';
import { Relay } from '@quadrille/outbox';
import { migrate } from '@quadrille/runtime';
import type { Pool } from 'pg';
import { databaseProblem } from './boot-problems.js';
import { openDatabase } from './database.js';
import { readEnvironment } from './environment.js';
import { serviceLog } from './logging.js';
import type { ServiceContext } from './service-context.js';
import { Shutdown } from './shutdown.js';

const home = mkdtempSync(join(tmpdir(), 'quadrille-tls-'));
let postgres: LocalPostgres;
let url: string;

beforeAll(async () => {
  postgres = await startPostgres({ dataDir: join(home, 'postgres'), tls: true });
  url = await postgres.createService('order', 's3cret');
});
afterAll(async () => {
  await postgres?.stop();
  rmSync(home, { recursive: true });
});

/** Whether each connection of a database is encrypted, by application name. */
const CONNECTIONS = `
  select application_name as name, bool_and(ssl) as ssl
    from pg_stat_activity join pg_stat_ssl using (pid) where datname = 'order' group by 1 order by 1`;

describe('a database that demands TLS', () => {
  it('is reached by migrations, the pool and the relay', async () => {
    const env = readEnvironment({}, { DATABASE_URL: url, KAFKA_BROKERS: '127.0.0.1:1', LOG_LEVEL: 'silent' });
    const log = serviceLog('order', env);
    const shutdown = new Shutdown(5_000, log);
    const definition = {
      system: 's',
      steps: { service: 'order', steps: [] },
      rows: {},
      migrations: [],
      controllers: [],
    };
    const context = { definition, env, log, shutdown, onFatal() {} } as unknown as ServiceContext;
    const { pool } = await openDatabase(context);
    const relay = new Relay({ pool, send: async () => {}, log });
    relay.start();
    try {
      await untilRelayIsThere(pool);
      expect((await pool.query(CONNECTIONS)).rows).toEqual([
        { name: 'order', ssl: true },
        { name: 'outbox-relay', ssl: true },
      ]);
    } finally {
      await relay.stop(1_000);
      await shutdown.end();
    }
  });

  const sentence = (to: string) =>
    migrate(to, []).then(
      () => 'it worked',
      (error: unknown) => (databaseProblem(error, to) as Error).message,
    );

  it('is named in one sentence if an unknown authority signed its certificate', async () => {
    const other = join(home, 'other.pem');
    writeFileSync(other, (await createAuthority()).certificate);
    const own = /sslrootcert=[^&]*/;
    const unknown =
      /^The database postgres:\/\/order@127\.0\.0\.1:\d+\/order cannot be used: no authority that is known here/;
    expect(await sentence(url.replace(own, `sslrootcert=${encodeURIComponent(other)}`))).toMatch(unknown);
    expect(await sentence(url.replace(own, ''))).toMatch(unknown);
    expect(await sentence(url.replace(own, 'sslrootcert=/nowhere.pem'))).toMatch(
      'cannot be used: a file that DATABASE_URL names (sslrootcert, sslcert or sslkey) is not there.',
    );
  });

  it('rejects a client without TLS, which is reported', async () => {
    expect(await sentence(url.replace(/\?.*/, ''))).toMatch(
      'cannot be used: it takes this user with TLS only. Add sslmode=verify-full to DATABASE_URL.',
    );
  });

  it('is named in one sentence if it does not support TLS', async () => {
    const plain = await startPostgres({ dataDir: join(home, 'plain') });
    try {
      expect(await sentence(`${plain.superuserUrl}?sslmode=verify-full`)).toMatch(
        'cannot be used: it does not speak TLS. Switch TLS on there (ssl = on)',
      );
    } finally {
      await plain.stop();
    }
  });
});

async function untilRelayIsThere(pool: Pool): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { rows } = await pool.query(CONNECTIONS);
    if (rows.some(({ name }) => name === 'outbox-relay')) return;
    if (Date.now() > deadline) throw new Error('The relay does not connect.');
  }
}
