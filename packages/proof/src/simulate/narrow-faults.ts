import { deadLetterTopicOf } from '@quadrille/choreography';
import { idOf } from './customers.js';
import { rowName } from './database-troubles.js';
import { eventHeaders, unreadableRecord } from './foreign-records.js';
import { lasting, type Make, pick } from './make.js';
import type { Fault, NARROW_KINDS } from './plan.js';
import { type SimulatedSystem, SYSTEM } from './simulated-system.js';

const CREATED_V1 = { topic: 'quadrille.order.v1', type: 'quadrille.order.created.v1' } as const;
/** Nothing that its upcaster looks for is in them, and some cannot even be looked into. */
const UNEXPECTED = ['null', '7', '"text"', '[]', '{}', '{"payment":null}'] as const;
/** As many as an outbox has. */
const SHARDS = 16;
/** Ids of events that are foreign. */
const FOREIGN = 9;

/** Faults of one input, one row or one topic: what has nothing to do with it must go on. */
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
    const { topic, type } = CREATED_V1;
    const value = pick(UNEXPECTED, fault);
    run.journal.note('upcaster throws', value);
    const key = `old-${nth}`;
    const headers = eventHeaders(type, idOf(FOREIGN, nth), key);
    system.broker.putForeign(topic, key, (place) => ({ ...place, key, headers, value }));
  },
  'row held': (run, system, fault) => {
    const row = someRow(system, fault);
    if (!row) return;
    const { name, key, troubles } = row;
    system.touched.add(key);
    lasting(run, fault, name, (so) => troubles.held[so ? 'add' : 'delete'](name));
  },
  'state unreadable': (run, system, fault) => {
    const row = someRow(system, fault);
    if (!row) return;
    const { name, key, troubles } = row;
    system.touched.add(key);
    lasting(run, fault, name, (so) => troubles.unreadable[so ? 'add' : 'delete'](name));
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
        ...{ state: 'retrying', code: 'outside-unavailable', cause: 'by hand', attempts: 1, dueAt: now, parkedAt: now },
      },
    ];
  },
  'dead letters refused': (run, system, fault) => {
    const topic = deadLetterTopicOf(SYSTEM, pick(system.databases, fault).service);
    lasting(run, fault, topic, (so) => system.broker.gone[so ? 'add' : 'delete'](topic));
  },
};

/** One of the rows that a database has now. */
function someRow(system: SimulatedSystem, fault: Fault) {
  const { tables, troubles } = pick(system.databases, fault);
  const rows = [...tables.states].flatMap(([aggregate, kept]) =>
    [...kept.keys()].map((key) => ({ key, name: rowName(aggregate, key), troubles })),
  );
  return rows.length > 0 ? rows[Math.floor(fault.where / 7) % rows.length] : undefined;
}
