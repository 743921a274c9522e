import { inboxMigrations } from '@quadrille/inbox';
import { outboxMigrations } from '@quadrille/outbox';
import { ConflictUnless1764000000007 } from '@quadrille/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The runner's own table: clocks that run, one row a key. */
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
 * A clock may be given more time several times a saga. With its due time in no index, and with room left beside it, that changes one row in
 * its page and nothing else: a quarter of the time. Who looks for what is due reads all clocks that run, about 1 ms for 10,000.
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

/** An extension counts from its event's own time, so that it need not be counted. */
class DeadlinesUncounted1764000000006 implements MigrationInterface {
  readonly name = 'DeadlinesUncounted1764000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table deadlines drop column extensions');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table deadlines add column extensions int not null default 0');
  }
}

/** The runner's own table: what callers were answered under their idempotency keys. */
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

/** What is kept without a table of its own. */
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

/** The tables of the runner; outbox and inbox bring their own. */
export const runnerMigrations: readonly (new () => MigrationInterface)[] = [
  Deadlines1764000000002,
  IdempotencyKeys1764000000003,
  Documents1764000000004,
  DeadlinesInPlace1764000000005,
  DeadlinesUncounted1764000000006,
  ConflictUnless1764000000007,
];

/** All migrations of a service's database: those of outbox, inbox and runner, then its own. */
export const migrationsOf = ({
  migrations,
}: {
  readonly migrations: readonly (new () => MigrationInterface)[];
}): (new () => MigrationInterface)[] => [...outboxMigrations, ...inboxMigrations, ...runnerMigrations, ...migrations];
