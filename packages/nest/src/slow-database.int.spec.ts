import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { openDatabase } from './database.js';
import { readEnvironment } from './environment.js';
import { serviceLog } from './logging.js';
import type { ServiceContext } from './service-context.js';
import { Shutdown } from './shutdown.js';

const FIELDS = 'SFATAL\0C57P03\0Mthe database system is starting up\0\0';
const LENGTH_BYTES = 4;
/** How a PostgreSQL that is starting answers each connection: an ErrorResponse. */
const STARTING = Buffer.alloc(1 + LENGTH_BYTES + FIELDS.length);
STARTING.write('E');
STARTING.writeInt32BE(LENGTH_BYTES + FIELDS.length, 1);
STARTING.write(FIELDS, 1 + LENGTH_BYTES);
const REFUSED = 2;

const home = mkdtempSync(join(tmpdir(), 'quadrille-slow-'));
let postgres: LocalPostgres;
let door: Server;
let connections = 0;

beforeAll(async () => {
  postgres = await startPostgres({ dataDir: join(home, 'postgres') });
  door = createServer((client) => {
    client.on('error', () => {});
    connections += 1;
    if (connections <= REFUSED) return void client.once('data', () => client.end(STARTING));
    const server = connect(postgres.port, '127.0.0.1').on('error', () => client.destroy());
    client.pipe(server).pipe(client);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  door?.close();
  await postgres?.stop();
  rmSync(home, { recursive: true });
});

describe('a database that is still starting', () => {
  it('delays the boot of a service, and does not end it', async () => {
    const url = new URL(await postgres.createService('order', 's3cret'));
    url.port = String((door.address() as AddressInfo).port);
    const env = readEnvironment({}, { DATABASE_URL: String(url), KAFKA_BROKERS: '127.0.0.1:1', LOG_LEVEL: 'silent' });
    const log = serviceLog('order', env);
    const shutdown = new Shutdown(5_000, log);
    const definition = { system: 's', steps: { service: 'order' }, migrations: [] };
    const { pool } = await openDatabase({ definition, env, log, shutdown } as unknown as ServiceContext);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(connections).toBeGreaterThan(REFUSED);
    await shutdown.end();
  });
});
