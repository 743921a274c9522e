import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payments by order, and the customers' accounts. */
export class Payments1763720000000 implements MigrationInterface {
  readonly name = 'Payments1763720000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table payments (
        order_id uuid primary key,
        status text not null
          check (status in ('authorized', 'failed', 'captured', 'capture-failed', 'voided', 'refunded')),
        method text not null check (method in ('account', 'card')),
        amount bigint not null check (amount >= 0),
        currency text not null,
        customer_id uuid,
        provider_authorization text,
        reason text,
        created_at timestamptz not null,
        changed_at timestamptz not null
      )`);
    // A second line of defence against overdrawing; the decision is made under the row's lock.
    await runner.query(`
      create table accounts (
        customer_id uuid primary key,
        currency text not null,
        available bigint not null check (available >= 0),
        held bigint not null check (held >= 0),
        changed_at timestamptz not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table accounts');
    await runner.query('drop table payments');
  }
}
