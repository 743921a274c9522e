import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The catalogue, the stock by SKU and the reservations by order. */
export class Stock1763720000000 implements MigrationInterface {
  readonly name = 'Stock1763720000000';

  async up(runner: QueryRunner): Promise<void> {
    // Byte order, as in the service: locking and pagination use the same order everywhere.
    await runner.query(`
      create table products (
        sku text collate "C" primary key,
        name text not null,
        price bigint not null check (price >= 0),
        currency text not null,
        weight_grams int not null check (weight_grams >= 0),
        listed_at timestamptz not null,
        changed_at timestamptz not null
      )`);
    // A second line of defence against overselling; the decision is made under the row's lock.
    await runner.query(`
      create table stock (
        sku text collate "C" primary key references products,
        received bigint not null,
        available bigint not null check (available >= 0),
        reserved bigint not null check (reserved >= 0),
        sold bigint not null check (sold >= 0),
        changed_at timestamptz not null,
        check (available + reserved + sold = received)
      )`);
    await runner.query(`
      create table reservations (
        order_id uuid primary key,
        status text not null check (status in ('reserved', 'failed', 'released', 'committed')),
        items jsonb not null,
        reason text,
        created_at timestamptz not null,
        changed_at timestamptz not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table reservations');
    await runner.query('drop table stock');
    await runner.query('drop table products');
  }
}
