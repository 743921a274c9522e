import { change } from './database.js';
import type { Injection } from './injection.js';

const FUNCTION = `
  create or replace function chaos_no_space() returns trigger language plpgsql as $$
  begin
    raise exception 'could not extend file: No space left on device' using errcode = '53100';
  end $$`;
const FULL = 'create trigger chaos_full before insert on outbox for each statement execute function chaos_no_space()';
const NOT_FULL = 'drop trigger if exists chaos_full on outbox';
/** `not valid`: applies to new rows only. */
const REFUSES = 'alter table outbox add constraint chaos_refuses check (false) not valid';
const TAKES = 'alter table outbox drop constraint if exists chaos_refuses';
/** One row per shard; the records are unreadable. */
const UNREADABLE = `
  insert into outbox (shard, size, records) select shard, 1, $1 from generate_series(0, 15) as shard`;

/** Simulates a full disk: a commit that writes to the outbox fails, although the data is valid. */
export const outboxFull: Injection = async (system, { target }) => {
  await change(system, target, [FUNCTION, FULL]);
  return () => change(system, target, [NOT_FULL]);
};

/** Simulates a faulty migration: the database rejects the data itself. */
export const outboxRefuses: Injection = async (system, { target }) => {
  await change(system, target, [REFUSES]);
  return () => change(system, target, [TAKES]);
};

/** Simulates rows written by another version or by hand. */
export const outboxUnreadable: Injection = async (system, { target, detail }) => {
  await change(system, target, [{ text: UNREADABLE, values: [detail] }]);
  return async () => {};
};
