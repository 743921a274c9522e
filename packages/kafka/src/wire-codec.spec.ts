import { describe, expect, it } from '@jest/globals';
import { UnreadableMessage, type ValueFormat } from '@quadrille/choreography';
import { decodeCloudEvent, encodeCloudEvent } from './cloud-event.js';
import type { IncomingRecord, WireRecord } from './record.js';
import { ByteWriter } from './records/bytes.js';
import { FetchedRecord } from './records/fetched-record.js';
import { WireCodec } from './wire-codec.js';

const envelope = {
  ...{ id: '01980000-0000-7000-8000-000000000001', type: 'shop.placed.v1', source: '/order/place', subject: 'o-1' },
  ...{ time: '2026-11-30T06:00:00.000Z', correlationid: 'o-1', traceparent: '00-1-2-01', data: { orderId: 'o-1' } },
};
const record = encodeCloudEvent('shop.orders', envelope);

/** Every byte is turned around, behind a zero. */
const turned: ValueFormat = {
  recognizes: (bytes) => bytes[0] === 0,
  encode: async ({ json }) => ({
    bytes: Buffer.from([0, ...Buffer.from(json).map((byte) => 255 - byte)]),
    contentType: 'application/turned',
  }),
  decode: async ({ bytes }) => {
    if (bytes.length === 1) throw new UnreadableMessage('malformed', 'The value is empty.');
    return Buffer.from(bytes.subarray(1).map((byte) => 255 - byte)).toString();
  },
};

/** As a broker hands it over. */
function fetched({ topic, key, headers, payload }: WireRecord): FetchedRecord {
  const to = new ByteWriter(64);
  to.varintText(key);
  if (typeof payload === 'string') to.varintText(payload);
  else to.varintBytes(payload);
  to.reserve(8);
  to.varint(Object.keys(headers).length);
  for (const text of Object.entries(headers).flat()) to.varintText(text);
  return new FetchedRecord({ topic, partition: 0 }, to.bytes, 0, to.at, 7, 0);
}

const read = async (codec: WireCodec, received: IncomingRecord) =>
  codec.withJson(codec.withDefaultHeaders(received), received);

describe('a custom wire', () => {
  it.each([
    ['a prefix', { prefix: 'cloudEvents_' }, 'cloudEvents_type'],
    ['names', { names: { type: 'event-type', id: 'message-id' } }, 'event-type'],
  ])('has headers by %s, which are read back', async (_, headers, type) => {
    const codec = new WireCodec({ headers });
    const sent = await codec.toWire(record);
    expect(sent.headers[type]).toBe('shop.placed.v1');
    expect(sent.headers.ce_type).toBeUndefined();
    expect(decodeCloudEvent(await read(codec, fetched(sent)))).toMatchObject(envelope);
  });

  it('refuses one name for two attributes', () => {
    expect(() => new WireCodec({ headers: { names: { id: 'ce_type' } } })).toThrow('Two attributes have one name');
  });

  it('has values of another format, byte by byte, which are read back', async () => {
    const codec = new WireCodec({ values: turned });
    const sent = await codec.toWire(record);
    expect(sent.headers['content-type']).toBe('application/turned');
    const received = fetched(sent);
    expect(codec.isEncoded(received)).toBe(true);
    expect(received.valueBytes()).toEqual(sent.payload);
    expect(decodeCloudEvent(await read(codec, received))).toMatchObject(envelope);
  });

  it('reads JSON beside it as it is', async () => {
    const codec = new WireCodec({ values: turned });
    expect(decodeCloudEvent(await read(codec, fetched(record)))).toMatchObject(envelope);
  });

  it('reads a parked record whose bytes are no text', async () => {
    const codec = new WireCodec({ values: turned, headers: { prefix: 'x-' } });
    const parked = JSON.parse(JSON.stringify(fetched(await codec.toWire(record))));
    expect(parked.raw).toBeDefined();
    expect(decodeCloudEvent(await read(codec, parked))).toMatchObject(envelope);
  });

  it('leaves an unreadable record unchanged', async () => {
    const received = fetched({ ...record, payload: Buffer.from([0]) });
    expect(await new WireCodec({ values: turned }).toDefault(received)).toBe(received);
  });
});
