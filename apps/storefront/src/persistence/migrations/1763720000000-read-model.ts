import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The read model of all sagas. It can be rebuilt from the topics. */
export class ReadModel1763720000000 implements MigrationInterface {
  readonly name = 'ReadModel1763720000000';

  async up(runner: QueryRunner): Promise<void> {
    // `seq` is the order in which events became known: writers take turns, so it is also the order of their commits.
    await runner.query(`
      create table saga_events (
        seq bigint generated always as identity unique,
        order_id uuid not null,
        event_id uuid not null,
        type text not null,
        service text not null,
        step text not null,
        at timestamptz not null,
        topic text not null,
        partition int not null,
        "offset" bigint not null,
        causation_id uuid,
        data json not null,
        primary key (order_id, event_id)
      )`);
    // Half-filled pages: a saga's row is updated in place with each of its events.
    await runner.query(`
      create table sagas (
        order_id uuid primary key,
        state text not null,
        awaited_step text,
        awaited_service text,
        since timestamptz,
        started_at timestamptz not null,
        ended_at timestamptz,
        last_event text not null
      ) with (fillfactor = 50)`);
    await runner.query('create index sagas_started on sagas (started_at, order_id)');
    await runner.query('create index sagas_open on sagas (started_at, order_id) where ended_at is null');
    await runner.query('create index sagas_ended on sagas (ended_at) where ended_at is not null');
    await runner.query(`
      create table notices (
        order_id uuid not null,
        event_id uuid not null,
        step text not null,
        service text not null,
        code text not null,
        cause text not null,
        at timestamptz not null,
        primary key (order_id, event_id, step)
      )`);
    await runner.query(`
      create table unreadable_records (
        topic text not null,
        partition int not null,
        "offset" bigint not null,
        key text,
        headers text not null,
        value text,
        code text not null,
        cause text not null,
        read_at timestamptz not null default now(),
        primary key (topic, partition, "offset")
      )`);
    await runner.query('create index unreadable_records_read on unreadable_records (read_at)');
    // One row: the number of rebuilds. Each generation reads as its own consumer group, so from the beginning.
    await runner.query('create table generation (number int not null)');
    await runner.query('insert into generation values (1)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table generation, unreadable_records, notices, sagas, saga_events');
  }
}
