import type { Migration, StatementRunner } from './migration.js';

// Duplicates are rare. Inserting all messages as new costs half as much as checking each one for a duplicate.
const CREATE_RECORD_MESSAGES = `
  create function record_messages(ids uuid[], steps text[]) returns setof int language plpgsql as $$
  begin
    insert into inbox (message_id, step) select * from unnest(ids, steps);
  exception when unique_violation then
    return query
    with recorded as (
      insert into inbox (message_id, step) select * from unnest(ids, steps)
      on conflict do nothing
      returning message_id, step
    )
    select at::int from unnest(ids, steps) with ordinality as received (id, of, at)
     where not exists (select from recorded where message_id = id and step = of);
  end $$`;

/** Records each message once per step. Returns the positions (from 1) of the messages that were recorded earlier. */
export class RecordMessages1764000000011 implements Migration {
  async up(runner: StatementRunner): Promise<void> {
    await runner.query(CREATE_RECORD_MESSAGES);
  }

  async down(runner: StatementRunner): Promise<void> {
    await runner.query('drop function record_messages(uuid[], text[])');
  }
}
