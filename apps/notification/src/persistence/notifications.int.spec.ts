import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Conflict, type Tx } from '@quadrille/choreography';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { runnerMigrations } from '@quadrille/runtime';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import type { Notification } from '../domain/notifications.js';
import { findNotification } from './find-notification.js';
import { Notifications1763720000000 } from './migrations/1763720000000-notifications.js';
import { notificationStore } from './notifications.js';
import { purgeNotifications } from './retention.js';

const ORDER = '01980000-0000-7000-8000-000000000001';
const OTHER = '01980000-0000-7000-8000-000000000002';
const CUSTOMER = '01980000-0000-7000-8000-0000000000ad';
const sent = (customerId: string | null = CUSTOMER): Notification => ({
  status: 'sent',
  mail: 'order-completed',
  customerId,
  endedAt: '2026-01-01T00:00:00.000Z',
});
const change = (key: string, after: Notification) => ({ key, before: undefined, after, events: [] });

describe('the store of notifications', () => {
  let dataDir: string;
  let postgres: LocalPostgres;
  let dataSource: DataSource;
  let client: Client;
  let tx: Tx;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'quadrille-notification-'));
    postgres = await startPostgres({ dataDir });
    const url = await postgres.createService('notification', 'secret');
    dataSource = new DataSource({
      type: 'postgres',
      url,
      migrations: [...runnerMigrations, Notifications1763720000000],
    });
    await dataSource.initialize();
    await dataSource.runMigrations();
    client = new Client({ connectionString: url });
    await client.connect();
    tx = { query: (statement, values = []) => client.query(statement, [...values]) };
  });

  afterAll(async () => {
    await client?.end();
    await dataSource?.destroy();
    await postgres?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('omits orders without a notification', async () => {
    expect(await notificationStore.load(tx, [ORDER, OTHER])).toEqual(new Map());
  });

  it('loads the saved notifications', async () => {
    await notificationStore.save(tx, [change(ORDER, sent()), change(OTHER, sent(null))]);
    const found = await notificationStore.load(tx, [ORDER, OTHER]);
    expect(found).toEqual(
      new Map([
        [ORDER, sent()],
        [OTHER, sent(null)],
      ]),
    );
  });

  it('detects a notification that another transaction saved first', async () => {
    await expect(notificationStore.save(tx, [change(ORDER, sent())])).rejects.toThrow(Conflict);
  });

  it('returns the mail of an order with its times', async () => {
    expect(await findNotification(dataSource, ORDER)).toMatchObject({
      orderId: ORDER,
      mail: 'order-completed',
      customerId: CUSTOMER,
      orderEndedAt: '2026-01-01T00:00:00.000Z',
    });
    expect(await findNotification(dataSource, CUSTOMER)).toBeUndefined();
  });

  it('purges old notifications, at most the given number of rows per call', async () => {
    const env = { NOTIFICATION_RETENTION_DAYS: 30 } as never;
    expect(await purgeNotifications.purge(tx, env, 10)).toBe(0);
    await tx.query(`update notifications set sent_at = now() - interval '31 days'`);
    expect(await purgeNotifications.purge(tx, env, 1)).toBe(1);
    expect(await purgeNotifications.purge(tx, env, 10)).toBe(1);
  });
});
