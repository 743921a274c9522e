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
  it('has a line for each thing, and nothing to say of what is well', () => {
    const checks = judge(well);
    expect(checksInWords(checks, plain)).toBe(
      [
        '✓ database payment       PostgreSQL 18.4, 3 records wait',
        '✓ Kafka                  1 broker',
        '✓ topic shop.order.v1    6 partitions, 1 copy, kept 168 h 0 min',
        '✓ topic shop.payment.v1  6 partitions, 1 copy, kept 168 h 0 min',
        '✓ topic shop.stock.v1    6 partitions, 1 copy, kept 168 h 0 min',
        '✓ group shop.payment     1 member, 4 records behind',
        '✓ service payment        ready',
      ].join('\n'),
    );
    expect(exitCodeOf(well, checks)).toBe(0);
  });

  it.each<[string, PlatformFacts, level: string, about: string, says: RegExp]>([
    [
      'a database that is away',
      { ...well, databases: { payment: { cause: 'connect ECONNREFUSED' } } },
      'broken',
      'database payment',
      /ECONNREFUSED/,
    ],
    ['a standby', withDatabase({ readOnly: true, inRecovery: true }), 'broken', 'database payment', /standby/],
    ['a read-only database', withDatabase({ readOnly: true }), 'broken', 'database payment', /read-only/],
    ['fsync that is off', withDatabase({ fsync: 'off' }), 'look', 'database payment', /fsync is off/],
    [
      'commits that do not wait',
      withDatabase({ synchronousCommit: 'off' }),
      'look',
      'database payment',
      /commits can be lost/,
    ],
    [
      'an outbox that is not sent',
      withDatabase({ outbox: { records: 9, oldestSeconds: 90, dead: 0 } }),
      'broken',
      'database payment',
      /for 1 min 30 s/,
    ],
    [
      'records that never can be sent',
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
      'Kafka that is away',
      { ...well, cluster: { cause: 'Kafka does not answer' } },
      'broken',
      'Kafka',
      /does not answer/,
    ],
    ['Kafka whose address is not known', { ...well, cluster: undefined }, 'look', 'Kafka', /KAFKA_BROKERS/],
    [
      'a topic that is gone',
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
      'another number of partitions',
      withTopic({ partitions: 12 }),
      'broken',
      'topic shop.order.v1',
      /other topics have 6/,
    ],
    [
      'fewer copies than it demands',
      withTopic(settings({ 'min.insync.replicas': '2' })),
      'broken',
      'topic shop.order.v1',
      /takes no records/,
    ],
    ['copies of which one is enough', withTopic({ replicas: 3 }, 3), 'look', 'topic shop.order.v1', /only copy/],
    ['one copy in a cluster', withTopic({}, 3), 'look', 'topic shop.order.v1', /lost loses it/],
    [
      'a topic that is compacted',
      withTopic(settings({ 'cleanup.policy': 'compact,delete' })),
      'look',
      'topic shop.order.v1',
      /compacted/,
    ],
    [
      'a topic kept for longer than the inbox',
      withTopic(settings({ 'retention.ms': '-1' })),
      'look',
      'topic shop.order.v1',
      /kept for ever.*forgets after 336 h/,
    ],
    ['a group without members', withGroup({ members: 0 }), 'broken', 'group shop.payment', /no member/],
    ['a group far behind', withGroup({ lag: 1_001 }), 'look', 'group shop.payment', /far behind/],
    ['a service that is down', withService({ cause: 'Nobody answers' }), 'broken', 'service payment', /Nobody answers/],
    [
      'a part that says why, of a service that is ready',
      withService({ ready: true, parts: { relay: { ok: false, cause: 'Records wait.' } } }),
      'broken',
      'service payment',
      /ready; relay: Records wait\./,
    ],
    [
      'a part nobody has heard of',
      withService({ ready: false, parts: { moon: { ok: false, phase: 'new', since: [1] } } }),
      'broken',
      'service payment',
      /moon: phase "new", since \[1\]/,
    ],
    [
      'a service that does not say why',
      withService({ ready: false, parts: {} }),
      'broken',
      'service payment',
      /does not say why/,
    ],
  ])('names %s', (_, facts, level, about, says) => {
    const checks = judge(facts);
    const troubled = checks.filter((one) => one.level !== 'well');
    expect(troubled.map((one) => one.about)).toContain(about);
    const found = troubled.find((one) => one.about === about)!;
    expect(found).toMatchObject({ level, says: expect.stringMatching(says) });
    expect(exitCodeOf(facts, checks)).toBe(level === 'broken' ? 1 : 0);
  });

  it('says that it could not look when it saw nothing at all', () => {
    const nothing: PlatformFacts = {
      databases: { payment: { cause: 'away' } },
      cluster: { cause: 'away' },
      services: { payment: { cause: 'away' } },
      inboxRetentionHours: 336,
    };
    expect(exitCodeOf(nothing, judge(nothing))).toBe(2);
  });

  it('keeps each thing to one line, whatever others say', () => {
    const facts = withService({ ready: false, parts: { database: { ok: false, cause: 'first\nsecond' } } });
    expect(checksInWords(judge(facts), plain).split('\n')).toHaveLength(7);
  });
});
