import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Inventory's count of changes distinguishes late events from new ones; 0 for an event without it. */
export class ProductRevisions1763700000200 implements MigrationInterface {
  readonly name = 'ProductRevisions1763700000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table products add column revision bigint not null default 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table products drop column revision');
  }
}
