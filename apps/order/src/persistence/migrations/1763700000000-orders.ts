import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The events of each order, and the tables derived from them for fast reads. */
export class Orders1763700000000 implements MigrationInterface {
  readonly name = 'Orders1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table order_events (
        stream_id uuid not null,
        version int not null check (version > 0),
        event_id uuid not null,
        type text not null,
        data json not null,
        at timestamptz not null,
        unique (stream_id, version)
      )`);
    await runner.query(`
      create function order_events_are_append_only() returns trigger language plpgsql as $$
      begin
        raise exception 'order_events is append-only: what was said was said';
      end $$`);
    await runner.query(`
      create trigger order_events_are_append_only before update or delete or truncate on order_events
      for each statement execute function order_events_are_append_only()`);
    await runner.query(`
      create table order_snapshots (
        stream_id uuid not null,
        version int not null,
        shape int not null,
        state json not null,
        taken_at timestamptz not null default now(),
        primary key (stream_id, version)
      )`);
    await runner.query('create index order_snapshots_taken on order_snapshots (taken_at)');
    await runner.query(`
      create table orders (
        order_id uuid primary key,
        customer_id uuid,
        status text not null check (status in ('PLACED', 'CANCELLING', 'COMPLETED', 'CANCELLED')),
        total bigint not null check (total >= 0),
        currency text not null,
        itinerary json not null,
        reason text,
        placed_at timestamptz not null,
        ended_at timestamptz,
        version int not null
      )`);
    await runner.query(`
      create index orders_of_customer on orders (customer_id, placed_at, order_id) where customer_id is not null`);
    await runner.query('create index orders_by_status on orders (status, placed_at, order_id)');
    await runner.query('create index orders_by_time on orders (placed_at, order_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table orders');
    await runner.query('drop table order_snapshots');
    await runner.query('drop table order_events');
    await runner.query('drop function order_events_are_append_only');
  }
}
