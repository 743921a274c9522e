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
  async function createdWith(...errors: Error[]): Promise<number> {
    const existing: string[] = [];
    let requests = 0;
    const admin = {
      connect: async () => {},
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
    await createTopics({ ...wanted, replicationFactor: 1 });
    return requests;
  }

  it('is repeated if a busy broker has not answered in time', async () => {
    const late = Object.assign(new Error('timed out'), { name: 'KafkaJSRequestTimeoutError' });
    expect(await createdWith(late, late)).toBe(3);
  });

  it('fails at once if the cluster refuses a topic', async () => {
    const refused = Object.assign(new Error(), { errors: [{ topic: 'orders', message: 'too many replicas' }] });
    await expect(createdWith(refused)).rejects.toThrow('Kafka refuses to create topics (orders: too many replicas).');
  });
});
