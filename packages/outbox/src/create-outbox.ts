import { AuditDead1764000000020 } from './audit-dead.js';
import { HoldBack1764000000040 } from './hold-back.js';
import { LineOutbox1764000000030 } from './line-outbox.js';
import type { Migration, StatementRunner } from './migrate.js';
import { CREATE_OUTBOX_OF_RECORDS } from './outbox-storage.js';
import { PackOutbox1764000000010 } from './pack-outbox.js';
import { WaitingRows1764000000050 } from './waiting-rows.js';

const CREATE_OUTBOX_DEAD = `
  create table outbox_dead (
    id         bigint      primary key,
    shard      smallint    not null,
    topic      text        not null,
    key        text        not null,
    headers    json        not null,
    payload    json        not null,
    created_at timestamptz not null,
    attempts   integer     not null,
    cause      text        not null,
    died_at    timestamptz not null default now()
  )`;

/** Tables of records waiting to be sent, and of records that can never be sent. */
export class CreateOutbox1764000000000 implements Migration {
  async up(runner: StatementRunner): Promise<void> {
    await runner.query(CREATE_OUTBOX_OF_RECORDS);
    await runner.query(CREATE_OUTBOX_DEAD);
  }

  async down(runner: StatementRunner): Promise<void> {
    await runner.query('drop table outbox_dead, outbox');
  }
}

/** For the `migrations` of a service's data source, together with its own. */
export const outboxMigrations: (new () => Migration)[] = [
  CreateOutbox1764000000000,
  PackOutbox1764000000010,
  AuditDead1764000000020,
  LineOutbox1764000000030,
  HoldBack1764000000040,
  WaitingRows1764000000050,
];
