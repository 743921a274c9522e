import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inboxMigrations } from '@quadrille/inbox';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { outboxMigrations } from '@quadrille/outbox';
import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { Stock1763720000000 } from '../../../apps/inventory/src/persistence/migrations/1763720000000-stock.js';
import { orderMigrations } from '../../../apps/order/src/persistence/migrations.js';
import { Payments1763720000000 } from '../../../apps/payment/src/persistence/migrations/1763720000000-payments.js';
import { Ledger1763720100000 } from '../../../apps/payment/src/persistence/migrations/1763720100000-ledger.js';
import { Shipments1763720000000 } from '../../../apps/shipping/src/persistence/migrations/1763720000000-shipments.js';
import { removeData } from './remove-data.js';

const OWN = {
  order: orderMigrations,
  payment: [Payments1763720000000, Ledger1763720100000],
  inventory: [Stock1763720000000],
  shipping: [Shipments1763720000000],
  notification: [],
} satisfies Record<string, (new () => MigrationInterface)[]>;

export type Audited = keyof typeof OWN;

/** The inputs of the auditor without brokers: the services' tables without the services, and a provider without charges. */
export interface AuditedTables {
  readonly databases: Readonly<Record<Audited, string>>;
  readonly providerUrl: string;
  /** Runs a statement without triggers, to create data as manual changes, other versions and broken disks leave it. */
  query<Row extends pg.QueryResultRow>(service: Audited, text: string, values?: readonly unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

export async function auditedTables(): Promise<AuditedTables> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quadrille-audited-'));
  const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres') });
  const databases = {} as Record<Audited, string>;
  const clients = new Map<Audited, pg.Client>();
  for (const [service, own] of Object.entries(OWN) as [Audited, (new () => MigrationInterface)[]][]) {
    databases[service] = await migrated(postgres, service, own);
    const client = new pg.Client({ connectionString: postgres.url(service) });
    await client.connect();
    await client.query('set session_replication_role = replica');
    clients.set(service, client);
  }
  const provider = await noReceivables();
  return {
    databases,
    providerUrl: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
    query: async (service, text, values = []) => (await clients.get(service)!.query(text, [...values])).rows,
    async stop() {
      provider.close();
      provider.closeAllConnections();
      for (const client of clients.values()) await client.end();
      await postgres.stop();
      removeData(dataDir);
    },
  };
}

async function migrated(
  postgres: LocalPostgres,
  service: string,
  own: (new () => MigrationInterface)[],
): Promise<string> {
  const url = await postgres.createService(service, 'p');
  const migrations = [...outboxMigrations, ...inboxMigrations, ...own];
  const source = await new DataSource({ type: 'postgres', url, migrations }).initialize();
  await source.runMigrations();
  await source.destroy();
  return url;
}

async function noReceivables(): Promise<Server> {
  const server = createServer((request, response) => {
    response.writeHead(request.url?.startsWith('/charges?') ? 200 : 404);
    response.end(JSON.stringify({ charges: [], next: null }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

/** Inserts `count` correctly completed orders of one teapot each into every table except outbox and inbox. */
export async function completeMany(tables: AuditedTables, count: number): Promise<void> {
  const order = "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid";
  const each = `from generate_series(1, ${count}) n`;
  const at = "timestamptz '2026-01-01' + n * interval '1 ms'";
  // Later than every audit, so that each audit treats all rows as changed since.
  const changed = "timestamptz '2999-01-01'";
  await tables.query(
    'order',
    `insert into orders (order_id, status, total, currency, details, placed_at, ended_at, version)
     select ${order}, 'COMPLETED', 500, 'EUR', '{"items":[{"sku":"TEAPOT","quantity":1}]}', ${at}, ${at}, 2 ${each}`,
  );
  await tables.query(
    'payment',
    `insert into payments (order_id, status, method, amount, currency, created_at, changed_at)
     select ${order}, 'captured', 'account', 500, 'EUR', ${at}, ${changed} ${each}`,
  );
  await tables.query(
    'payment',
    `insert into ledger_postings (transaction_id, account, amount, currency, order_id, at)
     select ${order}, account, amount, 'EUR', ${order}, ${at} ${each}, (values ('revenue', -500), ('cash', 500)) a (account, amount)`,
  );
  await tables.query(
    'inventory',
    `insert into reservations (order_id, status, items, created_at, changed_at)
     select ${order}, 'committed', '[{"sku":"TEAPOT","quantity":1}]', ${at}, ${changed} ${each}`,
  );
  await tables.query(
    'inventory',
    `insert into stock (sku, received, available, reserved, sold, changed_at) values ('TEAPOT', ${count}, 0, 0, ${count}, now())`,
  );
  await tables.query(
    'shipping',
    `insert into shipments (order_id, status, tracking_number, destination, created_at, changed_at)
     select ${order}, 'dispatched', 'T', 'Ada', ${at}, ${changed} ${each}`,
  );
  for (const service of ['order', 'payment', 'inventory', 'shipping'] as const) await tables.query(service, 'analyze');
}
