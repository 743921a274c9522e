import { describe, expect, it } from '@jest/globals';
import type { Envelope, UnreadableMessage } from '@quadrille/choreography';
import { ceTypeOf, decodeCloudEvent, encodeCloudEvent } from './cloud-event.js';
import { type IncomingRecord, MAX_MESSAGE_BYTES } from './record.js';
import { ByteWriter } from './records/bytes.js';
import { readBatches } from './records/fetch-response.js';
import type { FetchedRecord } from './records/fetched-record.js';
import { TextMessage, writeBatch } from './records/produce.js';

const ENVELOPE: Envelope = {
  id: '01934f5e-8a8b-7c4d-9e1f-0123456789ab',
  type: 'bakery.bread.baked.v1',
  source: '/bakery/bake-bread',
  subject: 'loaf-7',
  time: '2026-11-21T10:00:00.000Z',
  correlationid: 'loaf-7',
  causationid: '01934f5e-8a8b-7c4d-9e1f-0123456789ac',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data: { crust: 'größer als Käse 🥖' },
};

const came = (over: Partial<IncomingRecord> = {}): IncomingRecord => {
  const { topic, key, headers, payload } = encodeCloudEvent('bread', ENVELOPE);
  return { topic, partition: 3, offset: '42', key, headers, value: payload, timestamp: '1', ...over };
};
const withHeader = (name: string, value: string | undefined): IncomingRecord => {
  const headers: Record<string, string> = { ...came().headers };
  delete headers[name];
  return came({ headers: value === undefined ? headers : { ...headers, [name]: value } });
};
/** Encodes and decodes envelopes in the format of a broker. */
async function fetched(envelopes: readonly Envelope[]): Promise<FetchedRecord[]> {
  const messages = envelopes.map((envelope) => {
    const { key, payload, headers } = encodeCloudEvent('bread', envelope);
    return new TextMessage(key, payload, headers);
  });
  const to = new ByteWriter(1_000);
  writeBatch(to, messages, { producerId: 1n, producerEpoch: 0, firstSequence: 0 }, 0);
  const requested = { topic: 'bread', partition: 3, offset: '0' };
  return (await readBatches(requested, to.bytes.subarray(0, to.at))) as FetchedRecord[];
}
const codeOf = (record: IncomingRecord): string => {
  try {
    decodeCloudEvent(record);
    return 'readable';
  } catch (error) {
    return (error as UnreadableMessage).code;
  }
};

describe('a CloudEvent in binary mode', () => {
  it('has attributes as headers and data as its value', () => {
    expect(encodeCloudEvent('bread', ENVELOPE)).toEqual({
      topic: 'bread',
      key: 'loaf-7',
      headers: {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: ENVELOPE.id,
        ce_source: ENVELOPE.source,
        ce_type: ENVELOPE.type,
        ce_subject: 'loaf-7',
        ce_time: ENVELOPE.time,
        ce_correlationid: 'loaf-7',
        ce_causationid: ENVELOPE.causationid,
        traceparent: ENVELOPE.traceparent,
      },
      payload: JSON.stringify(ENVELOPE.data),
    });
  });

  it('comes out as it went in', () => {
    expect(decodeCloudEvent(came())).toEqual(ENVELOPE);
  });

  it('omits absent optional attributes', () => {
    const { causationid, traceparent, ...first } = ENVELOPE;
    const { headers } = encodeCloudEvent('bread', first);
    expect(Object.keys(headers)).not.toContain('ce_causationid');
    expect(Object.keys(headers)).not.toContain('traceparent');
    expect(decodeCloudEvent(came({ headers }))).toEqual(first);
  });

  it('gives its type without being read', () => {
    expect(ceTypeOf(came({ value: 'no json' }))).toBe('bakery.bread.baked.v1');
    expect(ceTypeOf(came({ headers: {} }))).toBeUndefined();
  });

  it('comes out of the answer to a fetch as it went in, one after the other', async () => {
    const { causationid, traceparent, ...first } = ENVELOPE;
    const second = { ...ENVELOPE, subject: 'größer', time: '2026-11-21T10:00:01.000Z' };
    const envelopes = [ENVELOPE, first, second, { ...first, traceparent: traceparent! }, ENVELOPE];
    expect((await fetched(envelopes)).map(decodeCloudEvent)).toEqual(envelopes);
    const [withoutSubject] = await fetched([{ ...first, subject: '' }]);
    expect(() => decodeCloudEvent(withoutSubject!)).toThrow('has no ce_subject');
    const [noon] = await fetched([{ ...first, time: 'noon' }]);
    expect(() => decodeCloudEvent(noon!)).toThrow('a ce_time that is no time');
  });

  it('has its id in lower case, as the database gives it back', () => {
    expect(decodeCloudEvent(withHeader('ce_id', ENVELOPE.id.toUpperCase())).id).toBe(ENVELOPE.id);
  });
});

describe('an unreadable record', () => {
  it.each(['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_subject', 'ce_time', 'ce_correlationid'])(
    'is malformed without %s',
    (name) => {
      expect(codeOf(withHeader(name, undefined))).toBe('malformed');
      expect(codeOf(withHeader(name, ''))).toBe('malformed');
    },
  );

  it.each([
    ['another version of the format', withHeader('ce_specversion', '0.3')],
    ['an id that is no UUID', withHeader('ce_id', '42')],
    ['a cause that is no UUID', withHeader('ce_causationid', 'because')],
    ['a time that is no time', withHeader('ce_time', 'noon')],
    ['a character PostgreSQL refuses', withHeader('ce_subject', 'a\u0000b')],
    ['another content type', withHeader('content-type', 'application/avro')],
    ['no value', came({ value: null })],
    ['a value that is no JSON', came({ value: '{"crust":' })],
  ])('is malformed with %s', (_, record) => {
    expect(codeOf(record)).toBe('malformed');
  });

  it('is too large above the limit, counted in bytes', () => {
    const atLimit = JSON.stringify('é'.repeat(MAX_MESSAGE_BYTES / 2 - 1));
    expect(codeOf(came({ value: atLimit }))).toBe('readable');
    expect(codeOf(came({ value: `${atLimit} ` }))).toBe('too-large');
  });

  it('is named by its place, not by its content', () => {
    expect(() => decodeCloudEvent(came({ value: 'secret' }))).toThrow('Record bread/3@42 has a value that is no JSON.');
  });
});
