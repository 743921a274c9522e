import { inboxMigrations } from '@quadrille/inbox';
import { outboxMigrations } from '@quadrille/outbox';
import { ConflictUnless1764000000007 } from '@quadrille/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Running deadlines, one row per key. */
class Deadlines1764000000002 implements MigrationInterface {
  readonly name = 'Deadlines1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table deadlines (
        step text not null,
        key text not null,
        extensions int not null default 0,
        due_at timestamptz not null,
        primary key (step, key)
      )`);
    await runner.query('create index deadlines_due on deadlines (step, due_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table deadlines');
  }
}

/**
 * A deadline may be extended several times per saga. Without an index on the due time, and with free space in the page, an update
 * changes one row in place: a quarter of the time. The query for due deadlines reads all rows, about 1 ms for 10,000.
 */
class DeadlinesInPlace1764000000005 implements MigrationInterface {
  readonly name = 'DeadlinesInPlace1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop index deadlines_due');
    await runner.query('alter table deadlines set (fillfactor = 50)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table deadlines reset (fillfactor)');
    await runner.query('create index deadlines_due on deadlines (step, due_at)');
  }
}

/** An extension counts from the time of its event, so it needs no counter. */
class DeadlinesUncounted1764000000006 implements MigrationInterface {
  readonly name = 'DeadlinesUncounted1764000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table deadlines drop column extensions');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table deadlines add column extensions int not null default 0');
  }
}

/** Answers to callers under their idempotency keys. */
class IdempotencyKeys1764000000003 implements MigrationInterface {
  readonly name = 'IdempotencyKeys1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table idempotency_keys (
        owner text not null,
        key text not null,
        request_hash text not null,
        outcome json not null,
        created_at timestamptz not null default now(),
        primary key (owner, key)
      )`);
    await runner.query('create index idempotency_keys_created on idempotency_keys (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table idempotency_keys');
  }
}

/** Documents of stores without a table of their own. */
class Documents1764000000004 implements MigrationInterface {
  readonly name = 'Documents1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table documents (
        aggregate text not null,
        key text not null,
        state json not null,
        version int not null,
        primary key (aggregate, key)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table documents');
  }
}

/** The tables of the runner; outbox and inbox have their own migrations. */
export const runnerMigrations: readonly (new () => MigrationInterface)[] = [
  Deadlines1764000000002,
  IdempotencyKeys1764000000003,
  Documents1764000000004,
  DeadlinesInPlace1764000000005,
  DeadlinesUncounted1764000000006,
  ConflictUnless1764000000007,
];

/** All migrations of a service's database: those of outbox, inbox and runner, then those of the service. */
export const migrationsOf = ({
  migrations,
}: {
  readonly migrations: readonly (new () => MigrationInterface)[];
}): (new () => MigrationInterface)[] => [...outboxMigrations, ...inboxMigrations, ...runnerMigrations, ...migrations];
