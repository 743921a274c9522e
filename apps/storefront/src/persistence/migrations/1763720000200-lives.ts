import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Identifies the numbering of events, so that a reader detects a new database: it has a new life. */
export class Lives1763720000200 implements MigrationInterface {
  readonly name = 'Lives1763720000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table generation add column life uuid not null default gen_random_uuid()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table generation drop column life');
  }
}
