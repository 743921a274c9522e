import type { KindName } from '../schedule/kinds.js';
import type { Fault } from '../schedule/schedule.js';
import { unreadableRecord } from './foreign.js';
import { garbage } from './garbage.js';
import type { Injection } from './injection.js';
import { commitsInDoubt, halfOpen, type LinkName, resets, silent, slow } from './links.js';
import { outboxFull, outboxRefuses, outboxUnreadable } from './outbox.js';
import { crashInBatch, freeze, kill, killBoth } from './processes.js';
import { brokerKill, brokerRestart, databaseKill, databaseRestart, terminateBackends } from './servers.js';
import { readOnly, rowHeld, tableGone } from './tables.js';
import { retention, topicGone } from './topics.js';

const toDatabase: LinkName = ({ postgres }, { target }) => postgres.proxies.get(target)!;
const toBroker: LinkName = ({ kafka }) => kafka.proxy;
const toProvider: LinkName = ({ providerProxy }) => providerProxy;
const latency = ({ detail }: Fault) => ({ latencyMs: Number(detail) });

/** The injection of each kind of fault. */
export const INJECTIONS: Readonly<Record<KindName, Injection>> = {
  kill,
  'kill-both': killBoth,
  'kill-in-batch': crashInBatch,
  freeze,
  'auditor-kill': kill,
  'auditor-freeze': freeze,
  'provider-down': kill,
  'broker-kill': brokerKill,
  'broker-restart': brokerRestart,
  'database-kill': databaseKill,
  'database-restart': databaseRestart,
  'terminate-backends': terminateBackends,
  'database-latency': slow(toDatabase, latency),
  'database-reset': resets(toDatabase),
  'database-half-open': halfOpen(toDatabase),
  'database-black-hole': silent(toDatabase),
  'broker-latency': slow(toBroker, latency),
  'broker-reset': resets(toBroker),
  'broker-half-open': halfOpen(toBroker),
  'broker-black-hole': silent(toBroker),
  'broker-narrow': slow(toBroker, ({ detail }) => ({ bytesPerSecond: Number(detail) })),
  'provider-slow': slow(toProvider, latency),
  'outbox-full': outboxFull,
  'outbox-refuses': outboxRefuses,
  'commit-in-doubt': commitsInDoubt(toDatabase),
  'read-only': readOnly,
  'table-gone': tableGone,
  garbage,
  'unreadable-record': unreadableRecord,
  'unreadable-outbox-row': outboxUnreadable,
  'row-held': rowHeld,
  'topic-gone': topicGone,
  retention,
};
