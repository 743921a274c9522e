import type { Migration, StatementRunner } from './migrate.js';
import { selectWaiting } from './queue.js';

// A cached plan must fit an empty table and one with millions of rows: it always uses the index on ids. The relay has these
// settings on its connection; here they are those of the function, which runs on connections of the service.
const WAITING_ROWS = `
  create function outbox_waiting_rows(from_id bigint, of_shards smallint[], most int)
    returns table (id bigint, xid text, size int, bytes int)
    language plpgsql stable
    set enable_seqscan = off
    set enable_bitmapscan = off as $$
  #variable_conflict use_column
  begin
    return query ${selectWaiting('from_id', 'of_shards', 'most')};
  end $$`;

/** The read of waiting rows as a function. An older instance does not call it. */
export class WaitingRows1764000000050 implements Migration {
  async up(runner: StatementRunner): Promise<void> {
    await runner.query(WAITING_ROWS);
  }

  async down(runner: StatementRunner): Promise<void> {
    await runner.query('drop function outbox_waiting_rows');
  }
}
