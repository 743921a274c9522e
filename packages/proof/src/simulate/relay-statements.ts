import type { MemoryDatabase } from './memory-database.js';
import type { LockHolder } from './memory-locks.js';
import { placeOf, rowsIn, waitingRows } from './waiting-rows.js';

/** The effect of a statement of the relay, each in its own transaction, and its result rows. */
type RelayStatement = (database: MemoryDatabase, who: LockHolder, values: readonly any[]) => object[];

/** Removes sent, dead and unreadable records. */
const REMOVAL = 'delete from outbox where id';

/** Whether a statement changes existing rows. */
export const changes = (text: string, [first]: readonly unknown[]): boolean =>
  text.includes(REMOVAL) && (first as { length: number }).length > 0;

/** The statements, each identified by a unique part of its text. */
const STATEMENTS: readonly (readonly [words: string, run: RelayStatement])[] = [
  [
    'where id = $1 returning',
    (database, _who, [id]) => {
      database.sent(new Set([Number(id)]));
      return [];
    },
  ],
  ['with done as', part],
  [
    REMOVAL,
    (database, _who, [removed, from, shards, limit]) => {
      database.sent(new Set(removed.map(Number)));
      return waitingRows(database, [from, shards, limit]);
    },
  ],
  [
    '$1 = any(held)',
    (database, _who, [topic, shards, limit]) =>
      rowsIn(database, shards)
        .filter(({ held }) => held?.includes(topic))
        .slice(0, limit)
        .map(placeOf),
  ],
  [
    'unnest(held)',
    (database, _who, [shards, limit]) =>
      [...new Set(rowsIn(database, shards).flatMap(({ held }) => held ?? []))]
        .slice(0, limit)
        .map((topic) => ({ topic })),
  ],
  [
    'select id, records from outbox',
    (database, _who, [ids]) => {
      const wanted = new Set(ids.map(Number));
      const there = database.committedOutbox().filter(({ id }) => wanted.has(id));
      return there.map(({ id, records }) => ({ id: String(id), records }));
    },
  ],
  ['update outbox set attempts', () => []],
  // No health check runs in a simulation.
  ['as "ageMs"', () => []],
  [
    'pg_current_xact_id()',
    (database) => [{ drawn: String(database.tables.ids), transaction: String(database.drawTransaction()) }],
  ],
  ['pg_snapshot_xmin', (database, _who, [before]) => [{ ended: database.haveEndedBefore(Number(before)) }]],
  [
    'pg_advisory_lock_shared',
    ({ locks }, who) => {
      locks.enlist(who);
      return [{ class: 0 }];
    },
  ],
  ['from pg_locks', ({ locks }, who) => [locks.rankOf(who)]],
  [
    'pg_try_advisory_lock',
    ({ locks }, who, [, wanted]) => locks.take(who, wanted.map(Number)).map((shard) => ({ shard })),
  ],
  [
    'pg_advisory_unlock',
    ({ locks }, who, [, shards]) => {
      locks.give(who, shards.map(Number));
      return [];
    },
  ],
];

/** Removes finished rows; leaves in the others the records that wait for a topic. */
function part(database: MemoryDatabase, _who: LockHolder, values: readonly any[]): object[] {
  const [done, waiting, sizes, records, topics] = values;
  database.sent(new Set(done.map(Number)));
  waiting.forEach((id: string, at: number) => {
    database.change(Number(id), { size: sizes[at], records: records[at], held: JSON.parse(topics[at]) });
  });
  return [];
}

/** Returns the effect of a statement of the relay. Throws for an unknown one, which must be added to the simulation. */
export function relayStatementOf(text: string): RelayStatement {
  const known = STATEMENTS.find(([words]) => text.includes(words));
  if (!known) throw new Error(`The simulation does not implement this statement of the relay: ${text}`);
  return known[1];
}
