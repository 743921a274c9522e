import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which name a reader knows whether the places of events are still those of its last visit: a database made anew has another. */
export class Lives1763720000200 implements MigrationInterface {
  readonly name = 'Lives1763720000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table generation add column life uuid not null default gen_random_uuid()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table generation drop column life');
  }
}
