import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTopics } from '@quadrille/kafka';
import { startKafkaCluster } from '@quadrille/local';
import type { DecisionLog } from '../protocol.js';
import { DECISIONS_TOPIC, kafkaDecisions } from './kafka-decisions.js';

const STARTS_WITHIN_MS = 300_000;
const home = mkdtempSync(join(tmpdir(), 'quadrille-decisions-'));
const ways = ['KAFKA_BROKERS', 'QUADRILLE_KAFKA'] as const;
const before = ways.map((name) => process.env[name]);

describe('a decision log on three brokers', () => {
  let cluster: Awaited<ReturnType<typeof startKafkaCluster>>;
  const logs: DecisionLog[] = [];
  beforeAll(async () => {
    for (const name of ways) delete process.env[name];
    cluster = await startKafkaCluster({ dataDir: home, nodes: 3 });
    const brokers = cluster.nodes.flatMap((node) => node.brokers);
    expect(brokers).toHaveLength(3);
    await createTopics({
      brokers,
      clientId: 'quadrille.lab',
      topics: [DECISIONS_TOPIC],
      partitions: 1,
      replicationFactor: 3,
    });
    for (const name of ['coordinator-1', 'coordinator-2']) logs.push(await kafkaDecisions(brokers, name));
  }, STARTS_WITHIN_MS);
  afterAll(async () => {
    for (const log of logs) await log.close?.();
    await cluster?.stop();
    rmSync(home, { recursive: true, force: true });
    for (const [at, name] of ways.entries()) if (before[at] !== undefined) process.env[name] = before[at];
  }, STARTS_WITHIN_MS);

  it('has one decision for a transaction that two coordinators decide at once', async () => {
    for (let nth = 0; nth < 5; nth++) {
      const [one, other] = await Promise.all([
        logs[0]!.decide(`tx-${nth}`, 'commit'),
        logs[1]!.decide(`tx-${nth}`, 'abort'),
      ]);
      expect([one, other]).toEqual([one, one]);
    }
  });
});
