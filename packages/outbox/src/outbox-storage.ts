/**
 * Storage options of a small table whose rows live for about a second. Vacuum runs after a fixed number of dead rows, regardless
 * of table size, at full speed, also for the TOAST table, which stores values over 2 kB.
 */
export const queueStorage = (deadRows: number): string => `
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = ${deadRows},
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 20000,
    autovacuum_vacuum_cost_delay = 0,
    toast.autovacuum_vacuum_scale_factor = 0,
    toast.autovacuum_vacuum_threshold = 5000,
    toast.autovacuum_vacuum_cost_delay = 0`;

/** The first version of the outbox: one row per record. */
export const CREATE_OUTBOX_OF_RECORDS = `
  create table outbox (
    id         bigint      generated always as identity primary key,
    shard      smallint    not null,
    topic      text        not null,
    key        text        not null,
    headers    json        not null,
    payload    json        not null,
    created_at timestamptz not null default now(),
    attempts   integer     not null default 0
  ) with (${queueStorage(5_000)})`;
