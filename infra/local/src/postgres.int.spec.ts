import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { freePort } from './free-port.js';
import { type LocalPostgres, startPostgres } from './postgres.js';

async function rows(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const lives = (pid: number): boolean =>
  spawnSync('ps', ['-o', 'stat=', '-p', String(pid)])
    .stdout.toString()
    .match(/^[^Z\s]/) !== null;

describe('PostgreSQL on this machine', () => {
  // A private folder, as below a private home: only its owner has access.
  const home = mkdtempSync(join(tmpdir(), 'quadrille-postgres-'));
  const dataDir = join(home, 'postgres');
  let postgres: LocalPostgres;

  beforeAll(async () => {
    postgres = await startPostgres({ dataDir });
  });
  afterAll(async () => {
    await postgres.stop();
    rmSync(home, { recursive: true });
  });

  it.each([
    ['accessible to its owner only', 0o700],
    ['accessible to all users', 0o711],
  ])('supports data folders of any name, also on restart, below a folder %s', async (_, mode) => {
    const folder = mkdtempSync(join(home, 'mode-'));
    chmodSync(home, mode);
    chmodSync(folder, mode);
    try {
      const odd = join(folder, 'Übung 🍵, a=b#c!d:e \\n "f" \'g\' $HOME');
      for (const time of ['new', 'again']) {
        const there = await startPostgres({ dataDir: odd });
        const [{ kept }] = (await rows(there.superuserUrl, "select to_regclass('kept') is not null as kept")) as [
          { kept: boolean },
        ];
        expect(kept).toBe(time === 'again');
        if (!kept) await rows(there.superuserUrl, 'create table kept ()');
        await there.stop();
      }
    } finally {
      chmodSync(home, 0o700);
    }
  });

  it('deletes drafts of a killed start, and no folder that a user has moved aside', async () => {
    const folder = mkdtempSync(join(home, 'aside-'));
    for (const name of ['data-old', 'data-draft-of-a-killed-start']) mkdirSync(join(folder, name));
    const there = await startPostgres({ dataDir: folder });
    await there.stop();
    expect(readdirSync(folder).filter((name) => name.startsWith('data'))).toEqual(['data', 'data-old']);
  });

  it('creates a database owned by the service', async () => {
    const url = await postgres.createService('order', 'secret one');
    await rows(url, 'create table orders (id int primary key)');
    expect(await rows(url, 'select current_user, current_database() as database')).toEqual([
      { current_user: 'order', database: 'order' },
    ]);
  });

  it('preserves the data of a service that is created again, and sets the new password', async () => {
    const before = await postgres.createService('payment', 'first');
    await rows(before, 'create table kept (id int); insert into kept values (7)');
    const after = await postgres.createService('payment', 'second');
    expect(await rows(after, 'select id from kept')).toEqual([{ id: 7 }]);
    await expect(rows(before, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('creates services concurrently', async () => {
    const names = ['inventory', 'shipping', 'payment-provider', 'notification'];
    const urls = await Promise.all(names.map((name) => postgres.createService(name, name)));
    for (const url of urls) expect(await rows(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it("denies a role of one service access to another's database", async () => {
    await postgres.createService('mine', 'a');
    await postgres.createService('theirs', 'b');
    for (const database of ['theirs', 'postgres', 'template1']) {
      await expect(rows(postgres.url(database, 'mine'), 'select 1')).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('lets the reader read the given databases, and change nothing', async () => {
    const [first, second] = [await postgres.createService('read', 'a'), await postgres.createService('unread', 'b')];
    await rows(first, 'create table before (id int)');
    for (const password of ['one', 'two']) {
      const { read } = await postgres.createReader(['read'], password);
      await rows(first, 'create table if not exists since (id int)');
      for (const table of ['before', 'since']) expect(await rows(read!, `select id from ${table}`)).toEqual([]);
      for (const sql of ['insert into before values (1)', 'create table mine ()', 'drop table before']) {
        await expect(rows(read!, sql)).rejects.toMatchObject({ code: '25006' });
        await expect(rows(read!, `set transaction_read_only = off; ${sql}`)).rejects.toMatchObject({ code: '42501' });
      }
    }
    await expect(rows(second.replace('unread:b', 'reader:two'), 'select 1')).rejects.toMatchObject({ code: '42501' });
  });

  it('requires a password for the superuser too', async () => {
    const withoutPassword = `postgres://postgres:wrong@127.0.0.1:${postgres.port}/postgres`;
    await expect(rows(withoutPassword, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('is as durable as in production', async () => {
    const [settings] = await rows(
      postgres.superuserUrl,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
              current_setting('max_connections') as connections`,
    );
    expect(settings).toEqual({ fsync: 'on', commit: 'on', connections: '200' });
  });

  it('reports the remedy if the port is in use', async () => {
    const squatter: Server = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve));
    try {
      await expect(startPostgres({ dataDir: join(home, 'other'), port })).rejects.toThrow(
        `PostgreSQL cannot listen on port ${port}, because another program does: stop that program or choose another port.`,
      );
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  it('rejects a data folder whose server is in use', async () => {
    await expect(startPostgres({ dataDir })).rejects.toThrow(`is in use by process ${process.pid}`);
  });
});

describe('PostgreSQL after a stop', () => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-postgres-'));
  const dataDir = join(home, 'postgres');
  const servers: LocalPostgres[] = [];
  const start = async (settings?: Record<string, string>) => {
    const server = await startPostgres({ dataDir, settings });
    servers.push(server);
    return server;
  };
  afterAll(async () => {
    for (const server of servers) await server.stop();
    rmSync(home, { recursive: true });
  });

  it('leaves no process and no lock', async () => {
    const server = await start();
    await server.stop();
    expect(lives(server.pid)).toBe(false);
    expect(existsSync(join(dataDir, 'data/postmaster.pid'))).toBe(false);
  });

  it('sends no shutdown error to connections that are closing', async () => {
    const server = await start();
    const reported: Error[] = [];
    const pool = new pg.Pool({ connectionString: server.superuserUrl, max: 20 });
    pool.on('error', (error) => reported.push(error));
    await Promise.all(Array.from({ length: 20 }, () => pool.query('select pg_sleep(0.1)')));
    await pool.end();
    await server.stop();
    expect(reported).toEqual([]);
  });

  it('terminates the remaining sessions', async () => {
    const server = await start();
    const client = new pg.Client({ connectionString: server.superuserUrl });
    const reported: string[] = [];
    client.on('error', ({ message }) => reported.push(message));
    await client.connect();
    await server.stop();
    expect(reported[0]).toContain('terminating connection');
  });

  it('restarts on the data of a killed server', async () => {
    const first = await start();
    const url = await first.createService('order', 'secret');
    await rows(url, 'create table kept (id int); insert into kept values (7)');
    process.kill(first.pid, 'SIGKILL');
    const second = await start({ work_mem: '8MB' });
    expect(await rows(second.url('order'), 'select id from kept')).toEqual([{ id: 7 }]);
    expect(await rows(second.superuserUrl, 'show work_mem')).toEqual([{ work_mem: '8MB' }]);
    await second.stop();
  });

  it('reports PostgreSQL’s log if it does not start', async () => {
    await expect(start({ shared_buffers: 'plenty' })).rejects.toThrow(/invalid value for parameter "shared_buffers"/);
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toContain('plenty');
  });
});
