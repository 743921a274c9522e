import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { ChaoticSystem } from '../system/chaotic-system.js';
import type { Strike } from './strike.js';

const FUNCTION = `
  create or replace function chaos_no_space() returns trigger language plpgsql as $$
  begin
    raise exception 'could not extend file: No space left on device' using errcode = '53100';
  end $$`;
const FULL = 'create trigger chaos_full before insert on outbox for each statement execute function chaos_no_space()';
const NOT_FULL = 'drop trigger if exists chaos_full on outbox';
/** `not valid`: for new rows only. */
const REFUSES = 'alter table outbox add constraint chaos_refuses check (false) not valid';
const TAKES = 'alter table outbox drop constraint if exists chaos_refuses';

const LOCK_TIMEOUT = "set lock_timeout = '2s'";
const TRY_AGAIN_AFTER_MS = 200;
const DONE_WITHIN_MS = 60_000;

/** As when the disk is full: a commit that needs the outbox fails, and nothing is wrong with what it says. */
export const outboxFull: Strike = async (system, { target }) => {
  await change(system, target, [FUNCTION, FULL]);
  return () => change(system, target, [NOT_FULL]);
};

/** As after a migration that went wrong: the database refuses the data themselves. */
export const outboxRefuses: Strike = async (system, { target }) => {
  await change(system, target, [REFUSES]);
  return () => change(system, target, [TAKES]);
};

/** Insists: other faults may be at work, and the table is busy. */
async function change({ postgres }: ChaoticSystem, database: string, statements: readonly string[]): Promise<void> {
  const deadline = Date.now() + DONE_WITHIN_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: postgres.superuserUrl(database) });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query(LOCK_TIMEOUT);
      for (const statement of statements) await client.query(statement);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(TRY_AGAIN_AFTER_MS);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
