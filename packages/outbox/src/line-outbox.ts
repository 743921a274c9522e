import type { Migration, StatementRunner } from './migrate.js';
import { CREATE_OUTBOX_RECORDS } from './pack-outbox.js';

/** For operators: one row per waiting record, in either format (outbox-row.ts). */
export const RECORDS_IN_LINES = `
  create or replace view outbox_records as
  select id, shard, at::int as place, record ->> 0 as topic, record ->> 1 as key, record -> 2 as headers,
         coalesce(record ->> 3, lines[at + 2])::json as payload, created_at, attempts
    from outbox,
         string_to_array(records, e'\\n') as lines,
         json_array_elements(case when starts_with(records, e'\\n') then lines[2] else records end::json)
           with ordinality as r (record, at)`;

/** Rows must be in the older format for an older instance. */
const AS_BEFORE = `
  update outbox
     set records = (
       select json_agg(json_build_array(topic, key, headers, payload::text) order by place)::text
         from outbox_records
        where outbox_records.id = outbox.id)
   where starts_with(records, e'\\n')`;

/** Payloads are lines instead of strings within JSON. Waiting rows may stay unchanged. */
export class LineOutbox1764000000030 implements Migration {
  async up(runner: StatementRunner): Promise<void> {
    await runner.query(RECORDS_IN_LINES);
  }

  async down(runner: StatementRunner): Promise<void> {
    await runner.query(AS_BEFORE);
    await runner.query('drop view outbox_records');
    await runner.query(CREATE_OUTBOX_RECORDS);
  }
}
