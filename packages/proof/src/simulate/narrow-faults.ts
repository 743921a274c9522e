import { deadLetterTopicOf } from '@quadrille/choreography';
import { rowName } from './database-troubles.js';
import { eventHeaders, unreadableRecord } from './foreign-records.js';
import { idOf } from './id-of.js';
import type { Run } from './life.js';
import { lasting, type Make, pick } from './make.js';
import type { MemoryDatabase } from './memory-database.js';
import type { Fault, NARROW_KINDS } from './plan.js';
import type { SimulatedSystem } from './simulated-system.js';
import type { Parked } from './tables.js';

/** Without the fields that its upcaster reads; some are not even objects. */
const UNEXPECTED = ['null', '7', '"text"', '[]', '{}', '{"payment":null}'] as const;
/** The number of shards of an outbox. */
const SHARDS = 16;
const OPERATOR_LOOKS_EVERY_MS = 501;
/** The kind of ids of foreign events. */
const FOREIGN = 9;

/** Faults of one input, one row or one topic: unrelated sagas must continue. */
export const NARROW: Readonly<Record<(typeof NARROW_KINDS)[number], Make>> = {
  garbage: (run, system, fault, nth) => {
    const topic = pick(system.topics, fault);
    run.journal.note('garbage', topic);
    const [key, value] = [`garbage-${nth}`, '{"this is": "no event of ours"'];
    system.broker.putForeign(topic, key, (place) => ({ ...place, key, headers: {}, value }));
  },
  'record unreadable': (run, system, fault, nth) => {
    const topic = pick(system.topics, fault);
    run.journal.note('record unreadable', topic);
    const key = `unreadable-${nth}`;
    system.broker.putForeign(topic, key, (place) => unreadableRecord(place, key));
  },
  'upcaster throws': (run, system, fault, nth) => {
    if (!system.model.olderEvent) return;
    const { topic, type } = system.model.olderEvent;
    const value = pick(UNEXPECTED, fault);
    run.journal.note('upcaster throws', value);
    const key = `old-${nth}`;
    const headers = eventHeaders(type, idOf(FOREIGN, nth), key);
    system.broker.putForeign(topic, key, (place) => ({ ...place, key, headers, value }));
  },
  'row held': (run, system, fault) => {
    const { database, key, name } = someRow(system, fault);
    system.affected.add(key);
    lasting(run, fault, name, (so) => database.troubles.held[so ? 'add' : 'delete'](name));
  },
  'state unreadable': (run, system, fault) => {
    const { database, key, name } = someRow(system, fault);
    system.affected.add(key);
    lasting(run, fault, name, (so) => {
      database.troubles.unreadable[so ? 'add' : 'delete'](name);
      if (!so) operate(run, database, fault.forMs);
    });
  },
  'outbox row unreadable': (run, system, fault) => {
    const { tables, service } = pick(system.databases, fault);
    run.journal.note('outbox row unreadable', service);
    tables.outbox.push({ id: ++tables.ids, shard: fault.where % SHARDS, size: 1, records: '\n[["quadrille.' });
  },
  'parked row unreadable': (run, system, fault, nth) => {
    const { tables, service } = pick(system.databases, fault);
    run.journal.note('parked row unreadable', service);
    const [step, now] = [pick(system.stepsOf(service), fault), new Date()];
    tables.parked = [
      ...tables.parked,
      {
        ...{ id: String(++tables.ids), step, messageId: idOf(FOREIGN, nth), key: `parked-${nth}`, message: null },
        ...{ state: 'retrying', code: 'gateway-unavailable', cause: 'by hand', attempts: 1, dueAt: now, parkedAt: now },
      },
    ];
  },
  'dead letters refused': (run, system, fault) => {
    const topic = deadLetterTopicOf(system.model, pick(system.databases, fault).service);
    lasting(run, fault, topic, (so) => system.broker.gone[so ? 'add' : 'delete'](topic));
  },
};

/** A row of a database: of initial data, or else of no saga. */
function someRow(system: SimulatedSystem, fault: Fault) {
  const database = pick(system.databases, fault);
  const rows = [...database.tables.states].flatMap(([aggregate, states]) =>
    [...states.keys()].map((key) => [aggregate, key]),
  );
  const [aggregate = '', key = ''] = rows[Math.floor(fault.where / system.databases.length) % rows.length] ?? [];
  return { database, key, name: rowName(aggregate, key) };
}

/** Repairs a row: messages that failed because of it and wait for an operator are redriven repeatedly, until none is left. */
function operate(run: Run, database: MemoryDatabase, forMs: number): void {
  run.time.plan(OPERATOR_LOOKS_EVERY_MS, () => {
    // Between transactions, because a rollback would revert the change.
    if (database.isIdle) {
      const { tables } = database;
      const waits = ({ state, code }: Parked) => state === 'dead' && code === 'store-failed';
      const again = { state: 'retrying', attempts: 0, dueAt: new Date() };
      tables.parked = tables.parked.map((row) => (waits(row) ? { ...row, ...again } : row));
    }
    if (forMs > 0) operate(run, database, forMs - OPERATOR_LOOKS_EVERY_MS);
  });
}
