import { describe, expect, it } from '@jest/globals';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import * as fc from 'fast-check';
import { FetchBroker } from '../spec/fetch-broker.js';
import { epochAfter, FetchSession } from './fetch-request.js';

const at = (partition: number, fetchOffset = '0', maxBytes = 9) => ({ partition, fetchOffset, maxBytes });
const [NOT_FOUND, INVALID_EPOCH, UNKNOWN_SERVER_ERROR] = [70, 71, -1] as const;

/** A session after the first fetch of these partitions. */
function begun(...partitions: ReturnType<typeof at>[]) {
  const session = new FetchSession();
  const first = session.requestFor([{ topic: 't', partitions }]);
  session.answered({ errorCode: 0, sessionId: 7 });
  return { session, first };
}

describe('a fetch session', () => {
  it('begins with all partitions, and goes on with those that are elsewhere, new or gone', () => {
    const { session, first } = begun(at(0), at(1), at(2));
    expect(first).toMatchObject({ sessionId: 0, sessionEpoch: 0, topics: [{ partitions: [at(0), at(1), at(2)] }] });
    const wanted = [
      { topic: 't', partitions: [at(1), at(0, '5')] },
      { topic: 'u', partitions: [at(0)] },
    ];
    expect(session.requestFor(wanted)).toEqual({
      sessionId: 7,
      sessionEpoch: 1,
      topics: [
        { topic: 't', partitions: [at(0, '5')] },
        { topic: 'u', partitions: [at(0)] },
      ],
      forgottenTopics: [{ topic: 't', partitions: [2] }],
    });
    session.answered({ errorCode: 0, sessionId: 7 });
    expect(session.requestFor(wanted)).toEqual({ sessionId: 7, sessionEpoch: 2, topics: [], forgottenTopics: [] });
  });

  it('names a partition again when its byte limit changes at the same offset', () => {
    const { session } = begun(at(0), at(1));
    expect(session.requestFor([{ topic: 't', partitions: [at(0), at(1, '0', 10)] }]).topics).toEqual([
      { topic: 't', partitions: [at(1, '0', 10)] },
    ]);
  });

  it('has the requested offset of each partition, although a request names only changed ones', () => {
    const { session } = begun(at(0, '3'), at(1, '4'));
    session.requestFor([{ topic: 't', partitions: [at(0, '3')] }]);
    expect([session.offsetOf('t', 0), session.offsetOf('t', 1), session.offsetOf('u', 0)]).toEqual([
      '3',
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['that its broker has evicted', NOT_FOUND, 0],
    ['whose count differs from its broker’s', INVALID_EPOCH, 7],
    ['that fails as a whole', UNKNOWN_SERVER_ERROR, 7],
    ['for which there is no room any longer', 0, 0],
  ])('%s begins anew with all partitions', (_, errorCode, closes) => {
    const { session } = begun(at(0), at(1));
    const wanted = [{ topic: 't', partitions: [at(0), at(1)] }];
    session.requestFor(wanted);
    session.answered({ errorCode, sessionId: 0 });
    expect(session.requestFor(wanted)).toEqual({
      sessionId: closes,
      sessionEpoch: 0,
      topics: wanted,
      forgottenTopics: [],
    });
  });

  it('is replaced after a lost response, because the request may have arrived', () => {
    const { session } = begun(at(0));
    const wanted = [{ topic: 't', partitions: [at(0)] }];
    session.requestFor(wanted);
    expect(session.requestFor(wanted)).toEqual({ sessionId: 7, sessionEpoch: 0, topics: wanted, forgottenTopics: [] });
  });

  it('counts its requests, and begins at one again after the largest number', () => {
    expect([0, 1, 2 ** 31 - 2, 2 ** 31 - 1].map(epochAfter)).toEqual([1, 2, 2 ** 31 - 1, 1]);
  });

  const wanted = fc
    .array(fc.tuple(fc.constantFrom('t', 'u', 'v'), fc.nat(3), fc.nat(3)), { maxLength: 12 })
    .map((places) => {
      const seen = new Map(
        places.map(([topic, partition, offset]) => [`${topic}/${partition}`, { topic, partition, offset }]),
      );
      return [...seen.values()].map(({ topic, partition, offset }) => ({
        topic,
        partitions: [at(partition, `${offset}`)],
      }));
    });
  const event = fc.record({
    wanted,
    happens: fc.oneof(
      { weight: 6, arbitrary: fc.constant('answered' as const) },
      fc.constantFrom(
        'request lost' as const,
        'answer lost' as const,
        'evicted' as const,
        'no room' as const,
        'restarted' as const,
      ),
    ),
  });

  it('makes the broker read exactly the requested partitions, after any lost response or eviction', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const [session, broker] = [new FetchSession(), new FetchBroker()];
        for (const { wanted, happens } of events) {
          broker.suffer(happens);
          const request = session.requestFor(wanted);
          if (happens === 'request lost') continue;
          const { errorCode, sessionId, reads } = broker.fetch(request);
          if (errorCode === 0) expect(reads).toEqual(placesOf(wanted));
          if (happens !== 'answer lost') session.answered({ errorCode, sessionId });
        }
        // For any history: after one retry the next request is answered.
        const last = [{ topic: 't', partitions: [at(0, '9')] }];
        broker.suffer('answered');
        session.answered(broker.fetch(session.requestFor(last)));
        const { errorCode, reads } = broker.fetch(session.requestFor(last));
        expect({ errorCode, reads }).toEqual({ errorCode: 0, reads: placesOf(last) });
        expect(broker.sessions).toBeLessThanOrEqual(1 + broker.lost);
      }),
      { numRuns: fuzzRuns(1_000) },
    );
  });
});

const placesOf = (wanted: readonly { topic: string; partitions: { partition: number; fetchOffset: string }[] }[]) =>
  new Map(
    wanted.flatMap(({ topic, partitions }) => partitions.map((one) => [`${topic}/${one.partition}`, one.fetchOffset])),
  );
