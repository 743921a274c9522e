import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The words of the code in the columns: an order has details, and an event of the catalogue occurred. */
export class StandardWords1763700000300 implements MigrationInterface {
  readonly name = 'StandardWords1763700000300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table orders rename column itinerary to details');
    await runner.query('alter table products rename column said_at to occurred_at');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table products rename column occurred_at to said_at');
    await runner.query('alter table orders rename column details to itinerary');
  }
}
