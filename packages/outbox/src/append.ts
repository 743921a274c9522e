import type { Tx } from '@quadrille/choreography';
import type { OutboxRecord } from './record.js';
import { shardOf } from './shard.js';

// One JSON parameter is read faster than five arrays. Headers and payload travel in it as text, so that nothing in them is
// interpreted on the way. The order of the rows is the order of their ids. The condition is always true: it makes the
// transaction draw its number before the ids, which the relay relies on (floor.ts).
const APPEND = `
  insert into outbox (shard, topic, key, headers, payload)
  select shard, topic, key, headers::json, payload::json
    from rows from (json_to_recordset($1) as (shard smallint, topic text, key text, headers text, payload text))
         with ordinality as r (shard, topic, key, headers, payload, at)
   where pg_current_xact_id() is not null
   order by at`;

/**
 * Appends records, in their order, to what is sent after this transaction has committed. Whoever appends for a key holds a
 * lock on something of that key (the row of its aggregate), so that for one key the order of the ids is that of the commits.
 */
export async function append(tx: Tx, records: readonly OutboxRecord[]): Promise<void> {
  if (records.length > 0) await tx.query(APPEND, [JSON.stringify(records.map(rowOf))]);
}

const rowOf = ({ topic, key, headers, payload }: OutboxRecord) => ({
  shard: shardOf(key),
  topic,
  key: key.replaceAll('\0', '\uFFFD'), // PostgreSQL keeps no NUL in a text.
  headers: JSON.stringify(headers),
  payload,
});
