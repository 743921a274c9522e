import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By inventory's count of a product's changes late news are told from new ones; 0 where it was heard without. */
export class ProductRevisions1763700000200 implements MigrationInterface {
  readonly name = 'ProductRevisions1763700000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table products add column revision bigint not null default 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table products drop column revision');
  }
}
