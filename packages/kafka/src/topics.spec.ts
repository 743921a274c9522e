import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Admin, Kafka } from 'kafkajs';
import { answered, createTopics } from './topics.js';

afterEach(() => {
  jest.restoreAllMocks();
});

/** The behaviour of kafkajs if no broker has answered. */
const destructureNothing = () =>
  Promise.reject(new TypeError("Cannot destructure property 'topicMetadata' of 'null'."));

describe('a question to the brokers', () => {
  it('is repeated while none of them has answered', async () => {
    const answers = [destructureNothing, destructureNothing, () => Promise.resolve(['a topic'])];
    expect(await answered(() => answers.shift()!())).toEqual(['a topic']);
  });

  it('fails in the end, and at once for any other reason', async () => {
    await expect(answered(destructureNothing, 0)).rejects.toThrow(TypeError);
    const answers = [() => Promise.reject(new Error('refused')), () => Promise.resolve([])];
    await expect(answered(() => answers.shift()!())).rejects.toThrow('refused');
    expect(answers).toHaveLength(1);
  });
});

describe('the creation of topics', () => {
  /** Creates one topic on a cluster whose responses to the creation are these errors, then success. Returns the number of requests. */
  async function createdWith(errors: Error[], brokers: readonly object[] = [{}], replicas = 1): Promise<number> {
    const existing: string[] = [];
    let requests = 0;
    const admin = {
      connect: async () => {},
      describeCluster: async () => ({ brokers }),
      disconnect: async () => {},
      listTopics: async () => existing,
      async createTopics() {
        const error = errors[requests++];
        if (error) throw error;
        existing.push('orders');
      },
      fetchTopicMetadata: async () => ({ topics: [{ name: 'orders', partitions: [{ leader: 1 }] }] }),
      fetchTopicOffsets: async () => [],
    };
    jest.spyOn(Kafka.prototype, 'admin').mockReturnValue(admin as unknown as Admin);
    const wanted = { brokers: ['127.0.0.1:1'], clientId: 'spec', topics: ['orders'], partitions: 1 };
    await createTopics({ ...wanted, replicationFactor: replicas });
    return requests;
  }

  it('is repeated if a busy broker has not answered in time', async () => {
    const late = Object.assign(new Error('timed out'), { name: 'KafkaJSRequestTimeoutError' });
    expect(await createdWith([late, late])).toBe(3);
  });

  const refusal = (type: string, topic = 'orders') =>
    Object.assign(new Error(), { errors: [{ topic, type, message: `refused as ${type}` }] });

  it('is repeated while no broker is registered: it has just started, or is too busy for heartbeats', async () => {
    expect(await createdWith([refusal('INVALID_REPLICATION_FACTOR'), refusal('INVALID_REPLICATION_FACTOR')], [])).toBe(
      3,
    );
    expect(await createdWith([refusal('INVALID_REPLICATION_FACTOR')], [{}])).toBe(2);
  });

  it('is repeated without an error for topics that another service has created', async () => {
    const mixed = Object.assign(new Error(), {
      errors: [...refusal('TOPIC_ALREADY_EXISTS', 'payments').errors, ...refusal('INVALID_REPLICATION_FACTOR').errors],
    });
    expect(await createdWith([mixed], [])).toBe(2);
    await expect(createdWith([refusal('TOPIC_AUTHORIZATION_FAILED')])).rejects.toThrow(
      'Kafka refuses to create topics (orders: refused as TOPIC_AUTHORIZATION_FAILED).',
    );
  });

  it('fails at once if the cluster has fewer brokers than replicas', async () => {
    const created = createdWith([refusal('INVALID_REPLICATION_FACTOR')], [{}], 3);
    await expect(created).rejects.toThrow('(orders: refused as INVALID_REPLICATION_FACTOR)');
  });
});
