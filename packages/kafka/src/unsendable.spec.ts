import { describe, expect, it } from '@jest/globals';
import { Unsent } from './producer.js';
import { isOfATopic, isPermanentError, RefusedTopics, UnsendableRecords } from './unsendable.js';

/** The final error of kafkajs. */
const givenUp = (type: string) =>
  Object.assign(new Error('Retries exceeded'), { cause: Object.assign(new Error(type), { type }) });
const record = (topic: string) => ({ topic, key: 'k', headers: {}, payload: '' });

describe('an error of a broker', () => {
  it.each([
    'TOPIC_AUTHORIZATION_FAILED',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'INVALID_TOPIC_EXCEPTION',
    'LEADER_NOT_AVAILABLE',
    'NOT_ENOUGH_REPLICAS',
  ])('for a topic is recognised as such: %s', (type) => {
    expect(isOfATopic(givenUp(type))).toBe(true);
    expect(isPermanentError(givenUp(type))).toBe(false);
  });

  it.each(['CLUSTER_AUTHORIZATION_FAILED', 'INVALID_PRODUCER_EPOCH', 'MESSAGE_TOO_LARGE'])(
    'for anything else is not: %s',
    (type) => expect(isOfATopic(givenUp(type))).toBe(false),
  );
});

describe('unsent records', () => {
  const records = [record('a'), record('b'), record('a')];

  it('are all records of a topic after the first refused one', () => {
    const unsent = new Unsent();
    unsent.refused('a', [0], givenUp('LEADER_NOT_AVAILABLE'));
    expect(unsent.open(records, [1, 2])).toEqual([1]);
    expect(() => unsent.throwIfAny()).toThrow(RefusedTopics);
    expect(() => unsent.throwIfAny()).toThrow(expect.objectContaining({ indexes: [0, 2] }));
  });

  it('fail with the error of the broker if nothing was sent and no topic is its cause', () => {
    const unsent = new Unsent();
    const fault = givenUp('INVALID_PRODUCER_EPOCH');
    unsent.refused('a', [0, 2], fault);
    expect(() => unsent.throwIfAny()).toThrow(fault);
    unsent.someWereSent();
    expect(() => unsent.throwIfAny()).toThrow(RefusedTopics);
  });

  it('may be none, or only records that can never be sent', () => {
    const unsent = new Unsent();
    expect(() => unsent.throwIfAny()).not.toThrow();
    unsent.never(1, new Error('Too large.'));
    expect(() => unsent.throwIfAny()).toThrow(UnsendableRecords);
  });
});
