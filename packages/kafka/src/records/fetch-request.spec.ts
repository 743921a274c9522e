/// <reference path="../kafkajs-inside.d.ts" />
import { describe, expect, it } from '@jest/globals';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import * as fc from 'fast-check';
import theirs from 'kafkajs/src/protocol/requests/fetch/v11/request.js';
import { writeFetch } from './fetch-request.js';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const offset = fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }).map(String);
const topic = fc.oneof(fc.string({ maxLength: 249 }), fc.string({ unit: 'grapheme', maxLength: 90 }));
const partition = fc.record({ partition: int32, fetchOffset: offset, maxBytes: int32 });
const request = fc.record({
  maxWaitTime: int32,
  minBytes: int32,
  maxBytes: int32,
  isolationLevel: fc.constantFrom(0, 1),
  rackId: fc.string({ maxLength: 300 }),
  sessionId: int32,
  sessionEpoch: int32,
  topics: fc.array(fc.record({ topic, partitions: fc.array(partition, { maxLength: 60 }) }), { maxLength: 8 }),
  forgottenTopics: fc.array(fc.record({ topic, partitions: fc.array(int32, { maxLength: 60 }) }), { maxLength: 8 }),
});

describe('a fetch request', () => {
  it('has the bytes that kafkajs writes', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (request) => {
        const { bytes, at } = writeFetch(request);
        const { buffer } = await theirs({ replicaId: -1, ...request }).encode();
        expect(bytes.subarray(0, at).equals(buffer)).toBe(true);
      }),
      { numRuns: fuzzRuns(300) },
    );
  });
});
