import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AuditDead1764000000020 } from './audit-dead.js';
import { PackOutbox1764000000010 } from './pack-outbox.js';

// A queue is small, but all of it dies within a second: it is cleaned after a fixed number of dead rows, however large it
// has grown, at full speed, and also its TOAST table, where payloads over 2 kB go.
const CREATE_OUTBOX = `
  create table outbox (
    id         bigint      generated always as identity primary key,
    shard      smallint    not null,
    topic      text        not null,
    key        text        not null,
    headers    json        not null,
    payload    json        not null,
    created_at timestamptz not null default now(),
    attempts   integer     not null default 0
  ) with (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 20000,
    autovacuum_vacuum_cost_delay = 0,
    toast.autovacuum_vacuum_scale_factor = 0,
    toast.autovacuum_vacuum_threshold = 5000,
    toast.autovacuum_vacuum_cost_delay = 0
  )`;

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

/** What waits to be sent, and what never can be. */
export class CreateOutbox1764000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CREATE_OUTBOX);
    await queryRunner.query(CREATE_OUTBOX_DEAD);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table outbox_dead, outbox');
  }
}

/** For the `migrations` of a service's data source, together with its own. */
export const outboxMigrations: (new () => MigrationInterface)[] = [
  CreateOutbox1764000000000,
  PackOutbox1764000000010,
  AuditDead1764000000020,
];
