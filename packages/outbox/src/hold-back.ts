import { RECORDS_IN_LINES } from './line-outbox.js';
import type { Migration, StatementRunner } from './migrate.js';

/**
 * For operators and for the view: the records of a row in either format (outbox-row.ts). It never raises an error: an unreadable
 * row shows no records, and the rows beside it are shown.
 */
const RECORDS_OF = `
  create function outbox_records_of(records text)
    returns table (place int, topic text, key text, headers json, payload json)
    language plpgsql stable as $$
  declare
    lines text[] := case when starts_with(records, e'\\n') then string_to_array(records, e'\\n') end;
  begin
    return query
      select each.at::int, each.record ->> 0, each.record ->> 1, each.record -> 2,
             case when pg_input_is_valid(text.payload, 'json') then text.payload::json else to_json(text.payload) end
        from json_array_elements(coalesce(lines[2], records)::json) with ordinality as each (record, at),
             coalesce(each.record ->> 3, lines[each.at + 2]) as text (payload);
  exception when others then
    return;
  end $$`;

const RECORDS = `
  create view outbox_records as
  select id, shard, place, topic, key, headers, payload, created_at, attempts
    from outbox, outbox_records_of(records)`;

/**
 * Rows may wait for a blocked topic; unreadable rows are stored unchanged. An older instance sends held-back rows like any other.
 */
export class HoldBack1764000000040 implements Migration {
  async up(runner: StatementRunner): Promise<void> {
    await runner.query('alter table outbox add column held text[]');
    await runner.query('create index outbox_held on outbox (id) where held is not null');
    await runner.query('alter table outbox_dead add column records text');
    await runner.query(RECORDS_OF);
    await runner.query('drop view outbox_records');
    await runner.query(RECORDS);
  }

  async down(runner: StatementRunner): Promise<void> {
    await runner.query('drop view outbox_records');
    await runner.query('drop function outbox_records_of');
    await runner.query(RECORDS_IN_LINES);
    await runner.query('update outbox_dead set payload = to_json(records) where records is not null');
    await runner.query('alter table outbox_dead drop column records');
    await runner.query('alter table outbox drop column held');
  }
}
