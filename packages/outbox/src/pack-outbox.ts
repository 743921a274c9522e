import type { Migration, StatementRunner } from './migrate.js';
import { CREATE_OUTBOX_OF_RECORDS, queueStorage } from './outbox-storage.js';

// One row per transaction and shard. Values over 2 kB are stored uncompressed, as they are read once.
const CREATE_OUTBOX = `
  create table outbox (
    id         bigint      generated always as identity primary key,
    shard      smallint    not null,
    size       integer     not null,
    records    text        storage external not null,
    created_at timestamptz not null default now(),
    attempts   integer     not null default 0
  ) with (${queueStorage(2_000)})`;

/** For operators: one row per waiting record. */
export const CREATE_OUTBOX_RECORDS = `
  create view outbox_records as
  select id, shard, at::int as place, record ->> 0 as topic, record ->> 1 as key, record -> 2 as headers,
         (record ->> 3)::json as payload, created_at, attempts
    from outbox, json_array_elements(records::json) with ordinality as r (record, at)`;

const PACK = `
  insert into outbox (shard, size, records, created_at, attempts)
  select shard, 1, json_build_array(json_build_array(topic, key, headers, payload::text))::text, created_at, attempts
    from outbox_before
   order by id`;

const UNPACK = `
  insert into outbox (shard, topic, key, headers, payload, created_at, attempts)
  select shard, topic, key, headers, payload, created_at, attempts
    from outbox_after
   order by id, place`;

/** Ids of `outbox_dead` come from the sequence of the outbox as well. */
const GO_ON_COUNTING = `select setval(pg_get_serial_sequence('outbox', 'id'), max(id)) from outbox_dead having max(id) > 0`;

/** Replaces one row per record by one row per transaction and shard; waiting records are migrated. */
export class PackOutbox1764000000010 implements Migration {
  async up(runner: StatementRunner): Promise<void> {
    await runner.query('alter table outbox rename to outbox_before');
    await runner.query('alter index outbox_pkey rename to outbox_before_pkey');
    await runner.query('alter sequence outbox_id_seq rename to outbox_before_id_seq');
    await runner.query(CREATE_OUTBOX);
    await runner.query(GO_ON_COUNTING);
    await runner.query(PACK);
    await runner.query('drop table outbox_before');
    await runner.query(CREATE_OUTBOX_RECORDS);
  }

  async down(runner: StatementRunner): Promise<void> {
    await runner.query('create temporary table outbox_after on commit drop as select * from outbox_records');
    await runner.query('drop view outbox_records');
    await runner.query('drop table outbox');
    await runner.query(CREATE_OUTBOX_OF_RECORDS);
    await runner.query(GO_ON_COUNTING);
    await runner.query(UNPACK);
  }
}
