import { recordsOf } from '@quadrille/outbox';
import { sqlError } from './database-troubles.js';
import { deadlineStatements } from './deadline-statements.js';
import { parkedStatements } from './parked-statements.js';
import { put, type Statement, type Tables } from './tables.js';

/** Records a message; returns whether the inbox had no such row before. */
function recordNew(tables: Tables, id: string, step: string, undo: (undo: () => void) => void): boolean {
  const name = `${id} ${step}`;
  if (tables.inbox.has(name)) tables.repetitions++;
  if (tables.inbox.has(name)) return false;
  tables.inbox.add(name);
  undo(() => tables.inbox.delete(name));
  return true;
}

/** The statements, each identified by a unique part of its text, with the database's effect in memory. */
const STATEMENTS: readonly (readonly [words: string, run: Statement])[] = [
  [
    'memory: load',
    ({ states }, [name, keys]) =>
      keys.flatMap((key: string) => {
        const state = states.get(name)?.get(key);
        return state === undefined ? [] : [{ key, state }];
      }),
  ],
  [
    'memory: save',
    ({ states }, [name, changed], _now, undo) => {
      const stored = states.get(name) ?? new Map<string, unknown>();
      states.set(name, stored);
      for (const { key, state } of changed) put(stored, key, state, undo);
      return changed;
    },
  ],
  [
    'record_messages',
    (tables, [ids, steps], _now, undo) =>
      ids.flatMap((id: string, at: number) => (recordNew(tables, id, steps[at], undo) ? [] : [{ place: at + 1 }])),
  ],
  [
    'insert into inbox',
    (tables, [id, step], _now, undo) => (recordNew(tables, id, step, undo) ? [{ message_id: id }] : []),
  ],
  ...parkedStatements,
  ...deadlineStatements,
  [
    'join idempotency_keys',
    ({ answers }, [owners, keys]) =>
      owners.flatMap((owner: string, at: number) => {
        const known = answers.get(`${owner} ${keys[at]}`);
        return known ? [{ owner, key: keys[at], request_hash: known.requestHash, outcome: known.outcome }] : [];
      }),
  ],
  [
    'insert into idempotency_keys',
    ({ answers }, [owners, keys, hashes, outcomes], _now, undo) =>
      owners.map((owner: string, at: number) => {
        const name = `${owner} ${keys[at]}`;
        if (answers.has(name)) throw sqlError('40Q01', 'Another transaction changed an idempotency key first.');
        put(answers, name, { requestHash: hashes[at], outcome: JSON.parse(outcomes[at]) }, undo);
        return {};
      }),
  ],
  [
    'insert into outbox',
    (tables, values, _now, undo) => {
      const rows = Array.from({ length: values.length / 3 }, (_, at) => {
        const [shard, size, records] = values.slice(3 * at, 3 * at + 3);
        return { id: ++tables.ids, shard, size, records };
      });
      tables.outbox.push(...rows);
      undo(() => (tables.outbox = tables.outbox.filter((each) => !rows.includes(each))));
      const ids = rows.flatMap(({ records }) => idsIn(records));
      const again = ids.filter((id) => tables.emitted.has(id));
      const now = ids.filter((id) => !tables.emitted.has(id));
      for (const id of now) tables.emitted.add(id);
      tables.emittedAgain += again.length;
      undo(() => {
        for (const id of now) tables.emitted.delete(id);
        tables.emittedAgain -= again.length;
      });
      return rows.map(({ id }) => ({ id: String(id) }));
    },
  ],
];

/** The ids of the events in a row of the outbox. */
const idsIn = (records: string): string[] => recordsOf(records).flatMap(({ headers }) => headers.ce_id ?? []);

const known = new Map<string, Statement>();

/** Returns the effect of a statement. Throws for an unknown one, which must be added to the simulation. */
export function statementOf(text: string): Statement {
  let statement = known.get(text);
  if (!statement) {
    statement = STATEMENTS.find(([words]) => text.includes(words))?.[1];
    if (!statement) throw new Error(`The simulation does not implement this statement: ${text}`);
    known.set(text, statement);
  }
  return statement;
}

/** Whether a statement only changes settings of its transaction, or queries sessions. */
export const readsNothing = (text: string): boolean => /^\s*(set local |select (set_config|pg_))/.test(text);
