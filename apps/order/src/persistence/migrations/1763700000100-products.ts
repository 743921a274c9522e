import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The catalogue from the events of inventory; `said_at` distinguishes late events from new ones. */
export class Products1763700000100 implements MigrationInterface {
  readonly name = 'Products1763700000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table products (
        sku text primary key,
        name text not null,
        price bigint not null check (price >= 0),
        currency text not null,
        weight_grams int not null,
        said_at timestamptz not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table products');
  }
}
