import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Shipments by order. */
export class Shipments1763720000000 implements MigrationInterface {
  readonly name = 'Shipments1763720000000';

  async up(runner: QueryRunner): Promise<void> {
    // A parcel that leaves or is about to leave has a tracking number. There is no unique constraint: uniqueness is the carrier's
    // promise, and a duplicate must not block a saga.
    await runner.query(`
      create table shipments (
        order_id uuid primary key,
        status text not null check (status in ('created', 'failed', 'cancelled', 'dispatched')),
        tracking_number text check (tracking_number is not null or status in ('failed', 'cancelled')),
        destination text not null,
        reason text check ((reason is not null) = (status in ('failed', 'cancelled'))),
        created_at timestamptz not null,
        changed_at timestamptz not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table shipments');
  }
}
