import type { GroupState, TopicState } from '@quadrille/kafka';
import { span } from '../terminal/span.js';
import { type Check, type DatabaseState, isSeen, type PlatformFacts, type Readiness } from './facts.js';

/** A record that has waited this long is not in transit. */
const WAITS_TOO_LONG_SECONDS = 60;
/** Lag from which a group needs attention. */
const FAR_BEHIND_RECORDS = 1_000;
const HOUR_MS = 3_600_000;

type Trouble = readonly [level: 'look' | 'broken', message: string];

/** Returns one line per subject: databases, Kafka, topics, groups, services. */
export function judge(facts: PlatformFacts): Check[] {
  return [...databases(facts), ...cluster(facts), ...services(facts)];
}

/** 0: all is well, 1: something is broken, 2: nothing could be observed. */
export function exitCodeOf({ databases, cluster, services }: PlatformFacts, checks: readonly Check[]): number {
  const seen = [...Object.values(databases), ...(cluster ? [cluster] : []), ...Object.values(services)];
  if (!seen.some((state) => isSeen(state))) return 2;
  return checks.some(({ level }) => level === 'broken') ? 1 : 0;
}

const databases = ({ databases: all }: PlatformFacts): Check[] =>
  Object.entries(all).map(([name, database]) =>
    isSeen(database)
      ? check(`database ${name}`, describeDatabase(database), databaseTroubles(database))
      : check(`database ${name}`, '', [['broken', database.cause]]),
  );

const describeDatabase = ({ version, outbox }: DatabaseState): string =>
  `PostgreSQL ${version}${outbox ? `, ${outbox.records} records wait` : ''}`;

function databaseTroubles({
  readOnly,
  inRecovery,
  fsync,
  synchronousCommit,
  outbox,
  relays,
  unrelayed,
  parked,
}: DatabaseState): Trouble[] {
  const troubles: Trouble[] = [];
  if (inRecovery) troubles.push(['broken', 'it is a standby and takes no changes']);
  else if (readOnly) troubles.push(['broken', 'it is read-only']);
  if (fsync !== 'on') troubles.push(['look', `fsync is ${fsync}: committed data can be lost`]);
  if (synchronousCommit === 'off') troubles.push(['look', 'synchronous_commit is off: commits can be lost']);
  if (relays?.relays === 0) troubles.push(['broken', 'no relay publishes its outbox: start the service']);
  else if (relays && relays.unheldShards.length > 0) {
    troubles.push(['broken', `no relay holds the shards ${relays.unheldShards.join(', ')}`]);
  }
  for (const schema of unrelayed) {
    troubles.push([
      'look',
      `no relay publishes the outbox of its schema ${schema}: start the service, or drop the schema`,
    ]);
  }
  if (outbox && outbox.oldestSeconds > WAITS_TOO_LONG_SECONDS) {
    troubles.push(['broken', `records wait in its outbox for ${span(outbox.oldestSeconds * 1_000)}`]);
  }
  if (outbox && outbox.dead > 0) {
    troubles.push(['look', `${outbox.dead} records can never be sent: npx quadrille dead-letters list`]);
  }
  for (const { code, state, messages, oldestSeconds } of parked) {
    troubles.push([
      'look',
      `${messages} messages are ${state} (${code}), the oldest for ${span(oldestSeconds * 1_000)}`,
    ]);
  }
  return troubles;
}

function cluster({ cluster: seen, inboxRetentionHours }: PlatformFacts): Check[] {
  if (!seen) return [check('Kafka', '', [['look', 'no broker is configured: set KAFKA_BROKERS']])];
  if (!isSeen(seen)) return [check('Kafka', '', [['broken', seen.cause]])];
  const usual = mostCommon(seen.topics.filter(({ cause }) => !cause).map(({ partitions }) => partitions));
  return [
    check('Kafka', `${seen.brokers} broker${seen.brokers === 1 ? '' : 's'}`, []),
    ...seen.topics.map((topic) =>
      check(
        `topic ${topic.topic}`,
        describeTopic(topic),
        topicTroubles(topic, usual, seen.brokers, inboxRetentionHours),
      ),
    ),
    ...seen.groups.map((group) => check(`group ${group.group}`, describeGroup(group), groupTroubles(group))),
  ];
}

const describeTopic = ({ cause, partitions, replicas, settings }: TopicState): string =>
  cause !== undefined
    ? ''
    : `${partitions} partitions, ${replicas} ${replicas === 1 ? 'copy' : 'copies'}, retention ${retentionOf(settings)}`;

const retentionMs = (settings: TopicState['settings']): number => Number(settings['retention.ms'] ?? Number.NaN);

function retentionOf(settings: TopicState['settings']): string {
  const ms = retentionMs(settings);
  if (Number.isNaN(ms)) return 'unknown';
  return ms < 0 ? 'unlimited' : span(ms);
}

function topicTroubles(topic: TopicState, usual: number, brokers: number, inboxRetentionHours: number): Trouble[] {
  if (topic.cause !== undefined) return [['broken', topic.cause]];
  const { partitions, withoutLeader, replicas, settings } = topic;
  const troubles: Trouble[] = [];
  const minimum = Number(settings['min.insync.replicas'] ?? 1);
  const retention = retentionMs(settings);
  if (withoutLeader > 0) troubles.push(['broken', `${withoutLeader} partitions have no leader`]);
  // A key must have the same partition number on all topics; otherwise its events are assigned to different members.
  if (partitions !== usual) troubles.push(['broken', `the other topics have ${usual} partitions`]);
  if (minimum > replicas) troubles.push(['broken', `min.insync.replicas is ${minimum}: the topic accepts no records`]);
  else if (replicas > 1 && minimum < 2)
    troubles.push(['look', 'min.insync.replicas is 1: one broker may have the only copy']);
  if (brokers > 2 && replicas < 2) troubles.push(['look', 'a failed broker loses the topic']);
  if (settings['cleanup.policy']?.includes('compact'))
    troubles.push(['look', 'the topic is compacted: events are lost']);
  if (retention < 0 || retention > inboxRetentionHours * HOUR_MS) {
    troubles.push([
      'look',
      `the inbox deletes ids after ${inboxRetentionHours} h: older records can take effect twice`,
    ]);
  }
  return troubles;
}

const describeGroup = ({ cause, members, lag }: GroupState): string =>
  cause === undefined ? `${members} member${members === 1 ? '' : 's'}, lag ${lag} records` : '';

function groupTroubles({ cause, members, lag }: GroupState): Trouble[] {
  if (cause !== undefined) return [['broken', cause]];
  if (members === 0) return [['broken', 'the group has no member: no process of the service runs']];
  return lag > FAR_BEHIND_RECORDS ? [['look', 'the lag is high']] : [];
}

const services = ({ services: all }: PlatformFacts): Check[] =>
  Object.entries(all).map(([name, service]) =>
    isSeen(service)
      ? check(`service ${name}`, service.ready ? 'ready' : 'not ready', serviceTroubles(service))
      : check(`service ${name}`, '', [['broken', service.cause]]),
  );

function serviceTroubles({ ready, parts }: Readiness): Trouble[] {
  const troubles = Object.entries(parts)
    .filter(([, { ok }]) => !ok)
    .map(([name, part]): Trouble => ['broken', `${name}: ${causeOf(part)}`]);
  return ready || troubles.length > 0 ? troubles : [['broken', 'the response has no cause']];
}

/** The cause of a component, else all its details. */
function causeOf({ ok: _, cause, ...details }: Readonly<Record<string, unknown>>): string {
  if (typeof cause === 'string') return cause;
  const described = Object.entries(details).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return described.length > 0 ? described.join(', ') : 'the component is unhealthy';
}

function check(about: string, description: string, troubles: readonly Trouble[]): Check {
  const message = [description, ...troubles.map(([, trouble]) => trouble)].filter((text) => text !== '').join('; ');
  const level = troubles.some(([one]) => one === 'broken') ? 'broken' : troubles.length > 0 ? 'look' : 'well';
  return { about, level, message };
}

function mostCommon(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? 0;
}
