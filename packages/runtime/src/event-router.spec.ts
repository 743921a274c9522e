import { describe, expect, it } from '@jest/globals';
import { choreography, command, deadline, event, type Ignored, ignore, stepBuilders } from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';
import { encodeCloudEvent } from '@quadrille/kafka/cloud-event';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import fc from 'fast-check';
import { z } from 'zod';
import { EventRouter } from './event-router.js';
import { newId } from './ids.js';

const facts = { service: 'tea', key: 'id', schema: z.object({ id: z.string(), cups: z.number() }) } as const;
const Asked = event('Asked', {
  ...facts,
  wireName: 'test.tea.asked',
  version: 2,
  upcasters: { 1: (old) => ({ ...old, cups: 1 }) },
});
const Boiled = event('Boiled', { ...facts, service: 'kettle', wireName: 'test.kettle.boiled', version: 1 });
const Served = event('Served', { ...facts, wireName: 'test.tea.served', version: 1 });
const tea = choreography({
  system: 'test',
  endings: { SERVED: Served },
  rows: {
    ask: { service: 'tea', handles: command('POST /tea', facts.schema), emits: [Asked] },
    boil: { service: 'kettle', handles: [Asked], emits: [Boiled] },
    whistle: { service: 'kettle', handles: [Asked], emits: [], role: 'follow-up' },
    serve: { service: 'tea', handles: [Boiled], emits: [Served] },
    wait: {
      service: 'kettle',
      handles: deadline('patience', { startedBy: Boiled, extendedBy: [Served], stoppedBy: [] }),
      emits: [],
      role: 'interrupt',
    },
  },
});
const { step, serviceSteps } = stepBuilders(tea.rows);
const silent = { loads: () => ({}), decide: (): Ignored => ignore };
const kettle = serviceSteps('kettle', {
  boil: step('boil', silent),
  whistle: step('whistle', silent),
  wait: step('wait', silent),
});

const router = new EventRouter(tea, tea.rows, kettle);

function recordOf(type: string, data: unknown, changes: Partial<IncomingRecord> = {}): IncomingRecord {
  const { topic, key, headers, payload } = encodeCloudEvent('test.tea.v1', {
    id: newId(),
    type,
    source: '/tea/ask',
    subject: 'pot-1',
    time: '2026-01-01T00:00:00.000Z',
    correlationid: 'pot-1',
    data,
  });
  return { topic, key, headers, value: payload, partition: 0, offset: '7', timestamp: '0', ...changes };
}

const served = (changes: Partial<IncomingRecord>): IncomingRecord =>
  recordOf('test.tea.served.v1', { id: 'pot-1', cups: 1 }, changes);

function inputOf(headers: Record<string, string>, changes: Partial<IncomingRecord> = {}): IncomingRecord {
  const record = recordOf('test.tea.asked.v2', { id: 'pot-1', cups: 2 }, changes);
  return { ...record, headers: { ...record.headers, ...headers } };
}

describe('the event router returns', () => {
  it('an event once for each of its rows that react', () => {
    const inputs = router.take(recordOf('test.tea.asked.v2', { id: 'pot-1', cups: 2 }));
    expect(inputs.map((input) => input.from === 'event' && input.step.name)).toEqual(['boil', 'whistle']);
    expect(inputs[0]).toMatchObject({ from: 'event', key: 'pot-1', payload: { id: 'pot-1', cups: 2 } });
  });

  it('an older version in its current form', () => {
    const [input] = router.take(recordOf('test.tea.asked.v1', { id: 'pot-1' }));
    expect(input).toMatchObject({ from: 'event', payload: { id: 'pot-1', cups: 1 } });
  });

  it('nothing from an event without a row of this service', () => {
    expect(router.take(recordOf('test.kettle.boiled.v1', { id: 'pot-1', cups: 1 }))).toEqual([]);
  });

  it('an extension of a deadline, without a reaction', () => {
    const inputs = router.take(recordOf('test.tea.served.v1', { id: 'pot-1', cups: 1 }));
    expect(inputs).toMatchObject([{ from: 'extension', key: 'pot-1' }]);
  });

  it('an extension of a deadline without reading the value', () => {
    const inputs = router.take(recordOf('test.tea.served.v2', undefined, { value: 'not json' }));
    expect(inputs).toMatchObject([{ from: 'extension', key: 'pot-1' }]);
  });

  it('that a type is in no contract, and blocks no key', () => {
    const [input] = router.take(recordOf('test.tea.spilled.v1', {}));
    expect(input).toMatchObject({ from: 'unreadable', code: 'unknown-type', step: '*', key: 'test.tea.v1/0/7' });
  });

  it('that a version is too new, for each row, and blocks the key', () => {
    const inputs = router.take(recordOf('test.tea.asked.v3', { id: 'pot-1' }));
    expect(inputs).toMatchObject([
      { from: 'unreadable', code: 'unknown-version', step: 'boil', key: 'pot-1' },
      { from: 'unreadable', code: 'unknown-version', step: 'whistle', key: 'pot-1' },
    ]);
  });

  it('that data violates the schema, and the field', () => {
    const [input] = router.take(recordOf('test.tea.asked.v2', { id: 'pot-1', cups: 'two' }));
    expect(input).toMatchObject({ from: 'unreadable', code: 'invalid-data', cause: expect.stringContaining('cups') });
  });

  it('that a key is too long, and blocks no key', () => {
    const long = 'k'.repeat(1_001);
    const [unread] = router.take(inputOf({ ce_subject: long }, { key: long }));
    expect(unread).toMatchObject({ from: 'unreadable', code: 'malformed', step: '*', key: 'test.tea.v1/0/7' });
    const [strange] = router.take(inputOf({ ce_subject: long }));
    expect(strange).toMatchObject({ from: 'unreadable', code: 'malformed', key: 'pot-1' });
  });

  it.each([
    ['lies on the topic of another service', inputOf({}, { topic: 'test.kettle.v1' })],
    ['names another service as its source', inputOf({ ce_source: '/kettle/boil' })],
    ['has a subject that is not the key of its record', inputOf({ ce_subject: 'pot-2' })],
    ['is keyed by something else than its data', inputOf({ ce_subject: 'pot-2' }, { key: 'pot-2' })],
    ['gives more time from the topic of another service', served({ topic: 'test.kettle.v1' })],
  ])('that an event which %s is forged, and blocks no key', (_, record) => {
    const place = `${record.topic}/0/7`;
    expect(router.take(record)).toMatchObject([{ from: 'unreadable', code: 'wrong-origin', step: '*', key: place }]);
  });

  it('that garbage is unreadable', () => {
    const poison = { ...recordOf('test.tea.asked.v2', {}), headers: {}, key: null, value: '\u0000not json' };
    expect(router.take(poison)).toMatchObject([{ from: 'unreadable', step: '*', key: 'test.tea.v1/0/7' }]);
  });

  it.each([null, 7, 'text', []])('that data of another form makes the upcaster throw: %j', (data) => {
    const inputs = router.take(recordOf('test.tea.asked.v1', data));
    expect(inputs).toMatchObject([
      { from: 'unreadable', code: 'invalid-data', step: 'boil', key: 'pot-1' },
      { from: 'unreadable', code: 'invalid-data', step: 'whistle', key: 'pot-1' },
    ]);
  });

  it('that reading a record throws, and preserves its readable parts', () => {
    const broken = {
      ...recordOf('test.tea.asked.v2', { id: 'pot-1', cups: 1 }),
      get headers(): Record<string, string> {
        throw new RangeError('The bytes end within a number.');
      },
    };
    const [unread] = router.take(broken);
    expect(unread).toMatchObject({ from: 'unreadable', code: 'unreadable-bug', step: '*', key: 'test.tea.v1/0/7' });
    expect(JSON.parse(JSON.stringify(unread))).toMatchObject({ original: { key: 'pot-1', headers: {}, offset: '7' } });
  });

  it('any record, or parks it in a form that can be stored: it never throws', () => {
    const text = fc.string({ unit: 'binary' });
    const type = fc.constantFrom('test.tea.asked.v1', 'test.tea.asked.v2', 'test.tea.served.v1', 'test.tea.asked.v99');
    const headers = fc.oneof(
      fc.dictionary(text, text),
      fc.record(
        { ce_type: type, ce_id: fc.uuid(), ce_subject: text, ce_time: text, traceparent: text },
        { requiredKeys: [] },
      ),
    );
    const value = fc.oneof(fc.constant(null), text, fc.json());
    const record = fc.record({
      key: fc.option(text),
      value,
      headers,
      broken: fc.subarray(['key', 'value', 'headers']),
    });
    fc.assert(
      fc.property(record, type, fc.boolean(), ({ broken, ...parts }, ce_type, isOurs) => {
        const whole = recordOf(ce_type, {});
        const made = { ...whole, ...parts, headers: isOurs ? { ...whole.headers, ...parts.headers } : parts.headers };
        for (const part of broken) Object.defineProperty(made, part, { enumerable: true, get: unreadablePart });
        for (const input of router.take(made)) {
          if (input.from === 'unreadable') expect(JSON.stringify(input)).toContain(input.code);
        }
      }),
      { numRuns: fuzzRuns(1_000) },
    );
  });
});

const unreadablePart = (): never => {
  throw new RangeError('The bytes end within a number.');
};
