import { describe, expect, it } from '@jest/globals';
import { plain } from '../terminal/paint.js';
import type { DatabaseState, PlatformFacts, Readiness } from './facts.js';
import { checksInWords } from './in-words.js';
import { exitCodeOf, judge } from './judge.js';

const database: DatabaseState = {
  version: '18.4',
  readOnly: false,
  inRecovery: false,
  fsync: 'on',
  synchronousCommit: 'on',
  outbox: { records: 3, oldestSeconds: 0.2, dead: 0 },
  unrelayed: [],
  parked: [],
};
const topic = (name: string) => ({
  topic: name,
  partitions: 6,
  withoutLeader: 0,
  replicas: 1,
  settings: { 'retention.ms': '604800000', 'cleanup.policy': 'delete', 'min.insync.replicas': '1' },
});
const TOPICS = [topic('shop.order.v1'), topic('shop.payment.v1'), topic('shop.stock.v1')];
const GROUP = { group: 'shop.payment', members: 1, lag: 4 };
const service: Readiness = { ready: true, parts: { boot: { ok: true }, relay: { ok: true, heldShards: 16 } } };

const well: PlatformFacts = {
  databases: { payment: database },
  cluster: { brokers: 1, topics: TOPICS, groups: [GROUP] },
  services: { payment: service },
  inboxRetentionHours: 336,
};
const withDatabase = (change: Partial<DatabaseState>) => ({
  ...well,
  databases: { payment: { ...database, ...change } },
});
const withTopic = (change: object, brokers = 1): PlatformFacts => ({
  ...well,
  cluster: { brokers, topics: [{ ...TOPICS[0]!, ...change }, ...TOPICS.slice(1)], groups: [GROUP] },
});
const withGroup = (change: object): PlatformFacts => ({
  ...well,
  cluster: { brokers: 1, topics: TOPICS, groups: [{ ...GROUP, ...change }] },
});
const withService = (change: PlatformFacts['services'][string]) => ({ ...well, services: { payment: change } });
const settings = (change: Record<string, string>) => ({ settings: { ...TOPICS[0]!.settings, ...change } });

describe('the doctor of the platform', () => {
  it('has one line per subject, without remarks if all is well', () => {
    const checks = judge(well);
    expect(checksInWords(checks, plain)).toBe(
      [
        '✓ database payment       PostgreSQL 18.4, 3 records wait',
        '✓ Kafka                  1 broker',
        '✓ topic shop.order.v1    6 partitions, 1 copy, retention 168 h 0 min',
        '✓ topic shop.payment.v1  6 partitions, 1 copy, retention 168 h 0 min',
        '✓ topic shop.stock.v1    6 partitions, 1 copy, retention 168 h 0 min',
        '✓ group shop.payment     1 member, lag 4 records',
        '✓ service payment        ready',
      ].join('\n'),
    );
    expect(exitCodeOf(well, checks)).toBe(0);
  });

  it.each<[string, PlatformFacts, level: string, about: string, message: RegExp]>([
    [
      'an unavailable database',
      { ...well, databases: { payment: { cause: 'connect ECONNREFUSED' } } },
      'broken',
      'database payment',
      /ECONNREFUSED/,
    ],
    ['a standby', withDatabase({ readOnly: true, inRecovery: true }), 'broken', 'database payment', /standby/],
    ['a read-only database', withDatabase({ readOnly: true }), 'broken', 'database payment', /read-only/],
    ['disabled fsync', withDatabase({ fsync: 'off' }), 'look', 'database payment', /fsync is off/],
    [
      'asynchronous commits',
      withDatabase({ synchronousCommit: 'off' }),
      'look',
      'database payment',
      /commits can be lost/,
    ],
    [
      'an outbox that is not published',
      withDatabase({ outbox: { records: 9, oldestSeconds: 90, dead: 0 } }),
      'broken',
      'database payment',
      /for 1 min 30 s/,
    ],
    [
      'an outbox in another schema that is not published',
      withDatabase({ unrelayed: ['billing'] }),
      'look',
      'database payment',
      /no relay publishes the outbox of its schema billing/,
    ],
    [
      'records that can never be sent',
      withDatabase({ outbox: { records: 0, oldestSeconds: 0, dead: 2 } }),
      'look',
      'database payment',
      /2 records can never be sent/,
    ],
    [
      'dead letters',
      withDatabase({ parked: [{ code: 'step-failed', state: 'dead', messages: 2, oldestSeconds: 61 }] }),
      'look',
      'database payment',
      /2 messages are dead \(step-failed\), the oldest for 1 min 1 s/,
    ],
    [
      'unavailable Kafka',
      { ...well, cluster: { cause: 'Kafka does not answer' } },
      'broken',
      'Kafka',
      /does not answer/,
    ],
    ['Kafka without a configured address', { ...well, cluster: undefined }, 'look', 'Kafka', /KAFKA_BROKERS/],
    [
      'a missing topic',
      withTopic({ cause: 'it does not exist' }),
      'broken',
      'topic shop.order.v1',
      /^it does not exist$/,
    ],
    [
      'a partition without a leader',
      withTopic({ withoutLeader: 2 }),
      'broken',
      'topic shop.order.v1',
      /2 partitions have no leader/,
    ],
    [
      'a different number of partitions',
      withTopic({ partitions: 12 }),
      'broken',
      'topic shop.order.v1',
      /other topics have 6/,
    ],
    [
      'fewer copies than min.insync.replicas',
      withTopic(settings({ 'min.insync.replicas': '2' })),
      'broken',
      'topic shop.order.v1',
      /accepts no records/,
    ],
    ['min.insync.replicas of one', withTopic({ replicas: 3 }, 3), 'look', 'topic shop.order.v1', /only copy/],
    ['one copy in a cluster', withTopic({}, 3), 'look', 'topic shop.order.v1', /failed broker loses the topic/],
    [
      'a compacted topic',
      withTopic(settings({ 'cleanup.policy': 'compact,delete' })),
      'look',
      'topic shop.order.v1',
      /compacted/,
    ],
    [
      'a topic with a longer retention than the inbox',
      withTopic(settings({ 'retention.ms': '-1' })),
      'look',
      'topic shop.order.v1',
      /retention unlimited.*deletes ids after 336 h/,
    ],
    ['a group without members', withGroup({ members: 0 }), 'broken', 'group shop.payment', /no member/],
    ['a group with a high lag', withGroup({ lag: 1_001 }), 'look', 'group shop.payment', /the lag is high/],
    ['an unavailable service', withService({ cause: 'No answer' }), 'broken', 'service payment', /No answer/],
    [
      'an unhealthy component with its cause, of a ready service',
      withService({ ready: true, parts: { relay: { ok: false, cause: 'Records wait.' } } }),
      'broken',
      'service payment',
      /ready; relay: Records wait\./,
    ],
    [
      'an unknown component',
      withService({ ready: false, parts: { moon: { ok: false, phase: 'new', since: [1] } } }),
      'broken',
      'service payment',
      /moon: phase "new", since \[1\]/,
    ],
    [
      'an unready service without a cause',
      withService({ ready: false, parts: {} }),
      'broken',
      'service payment',
      /has no cause/,
    ],
  ])('reports %s', (_, facts, level, about, message) => {
    const checks = judge(facts);
    const troubled = checks.filter((one) => one.level !== 'well');
    expect(troubled.map((one) => one.about)).toContain(about);
    const found = troubled.find((one) => one.about === about)!;
    expect(found).toMatchObject({ level, message: expect.stringMatching(message) });
    expect(exitCodeOf(facts, checks)).toBe(level === 'broken' ? 1 : 0);
  });

  it('returns exit code 2 if nothing could be observed', () => {
    const nothing: PlatformFacts = {
      databases: { payment: { cause: 'away' } },
      cluster: { cause: 'away' },
      services: { payment: { cause: 'away' } },
      inboxRetentionHours: 336,
    };
    expect(exitCodeOf(nothing, judge(nothing))).toBe(2);
  });

  it('prints one line per subject, even if a cause has line breaks', () => {
    const facts = withService({ ready: false, parts: { database: { ok: false, cause: 'first\nsecond' } } });
    expect(checksInWords(judge(facts), plain).split('\n')).toHaveLength(7);
  });
});
