import type { MemoryDatabase } from './memory-database.js';
import type { LockHolder } from './memory-locks.js';

/** What a statement of the relay does, each in a transaction of its own, and the rows it answers. */
type RelayStatement = (database: MemoryDatabase, who: LockHolder, values: readonly any[]) => object[];

/** Removes what was sent, and looks for more. */
export const REMOVAL = 'with removed as';

/** Each statement by words that no other has. */
const STATEMENTS: readonly (readonly [words: string, run: RelayStatement])[] = [
  [
    REMOVAL,
    (database, _who, [removed, from, shards, limit]) => {
      database.sent(new Set(removed.map(Number)));
      const held = new Set(shards.map(Number));
      const waiting = database.committedOutbox().filter(({ id, shard }) => id >= Number(from) && held.has(shard));
      return waiting.slice(0, limit).map(({ id, size, records }) => ({ id: String(id), size, bytes: records.length }));
    },
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
  // No topic is ever blocked in it, and nobody asks its relay how it is.
  ['unnest(held)', () => []],
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
  ['from pg_locks', ({ locks }, who) => [locks.standing(who)]],
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

/** What a statement of the relay does. Throws for one that nobody has imitated: then the simulation must learn it. */
export function relayStatementOf(text: string): RelayStatement {
  const known = STATEMENTS.find(([words]) => text.includes(words));
  if (!known) throw new Error(`The simulation does not know this statement of the relay: ${text}`);
  return known[1];
}
