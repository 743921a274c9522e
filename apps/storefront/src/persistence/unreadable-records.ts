import type { Tx } from '@quadrille/choreography';
import { type Reading, shown } from '../reading/read-record.js';

type Unreadable = Extract<Reading, { is: 'unreadable' }>;

/** Stores unreadable records with their cause; a record is identified by its position. */
export async function saveUnreadable(tx: Tx, unreadable: readonly Unreadable[]): Promise<void> {
  await tx.query(
    `insert into unreadable_records (topic, partition, "offset", key, headers, value, code, cause)
     select * from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
                          $8::text[])
     on conflict do nothing`,
    [
      unreadable.map(({ record }) => record.topic),
      unreadable.map(({ record }) => record.partition),
      unreadable.map(({ record }) => record.offset),
      unreadable.map(({ record }) => record.key && shown(record.key)),
      unreadable.map(({ record }) => shown(JSON.stringify(record.headers))),
      unreadable.map(({ record }) => record.value && shown(record.value)),
      unreadable.map(({ code }) => code),
      unreadable.map(({ cause }) => shown(cause)),
    ],
  );
}
