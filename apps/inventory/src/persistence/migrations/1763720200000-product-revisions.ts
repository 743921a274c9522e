import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts the changes of each product: of two events, the one with the higher revision is newer. Older events have no revision. */
export class ProductRevisions1763720200000 implements MigrationInterface {
  readonly name = 'ProductRevisions1763720200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table products add column revision bigint not null default 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table products drop column revision');
  }
}
