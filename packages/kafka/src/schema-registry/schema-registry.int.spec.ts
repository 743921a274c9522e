import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudEventType, event, sealedOr, UnencodableValue, UnreadableMessage } from '@quadrille/choreography';
import { LocalSchemaRegistry } from '@quadrille/local';
import { z } from 'zod';
import { avro } from './avro.js';
import { protobuf } from './protobuf.js';
import { schemaRegistry } from './schema-registry-format.js';
import { withSchemaId } from './wire-format.js';

const schema = z.object({ orderId: z.string() });
const at = { service: 'order', version: 1, key: 'orderId', schema } as const;
const Placed = event('Placed', { ...at, wireName: 'shop.placed' });
const Paid = event('Paid', { ...at, wireName: 'shop.paid' });
const Sent = event('Sent', { ...at, wireName: 'shop.sent' });
const AVRO = { type: 'record', name: 'shop.Placed', fields: [{ name: 'orderId', type: 'string' }] };
const PROTO = 'syntax = "proto3"; package shop; message Paid { string orderId = 1; }';
const schemas = [avro(Placed, AVRO), protobuf(Paid, PROTO)];

let registry: LocalSchemaRegistry;
beforeAll(async () => {
  registry = await LocalSchemaRegistry.start();
});
afterAll(() => registry.stop());
afterEach(() => registry.down(false));

const formatOf = (more: object = {}) => schemaRegistry({ url: registry.url, schemas, ...more });
const value = (type: typeof Placed | typeof Paid | typeof Sent, orderId = 'o-1') => ({
  topic: 'shop.orders',
  type: cloudEventType(type as typeof Placed),
  json: JSON.stringify({ orderId }),
});

describe('values by a schema registry', () => {
  it.each([Placed, Paid])('go there and back: $name', async (type) => {
    const encoded = (await formatOf().encode(value(type as typeof Placed)))!;
    const read = await formatOf().decode({
      topic: 'shop.orders',
      type: cloudEventType(type as typeof Placed),
      bytes: encoded.bytes,
    });
    expect(JSON.parse(read)).toEqual({ orderId: 'o-1' });
  });

  it.each([
    ['topic-record', 'shop.orders-shop.Placed'],
    ['record', 'shop.Placed'],
    ['topic', 'shop.orders-value'],
  ] as const)('have subjects by %s', async (subject, name) => {
    await formatOf({ subject }).encode(value(Placed));
    expect(registry.subjects).toContain(name);
  });

  it('stay JSON for events without a schema, and for records that are no events', async () => {
    expect(await formatOf().encode(value(Sent))).toBeUndefined();
    expect(await formatOf().encode({ topic: 'dead-letters', type: undefined, json: '{}' })).toBeUndefined();
  });

  it('request each schema once, and continue with cached ones while the registry is unavailable', async () => {
    const format = formatOf();
    const { bytes } = (await format.encode(value(Placed)))!;
    await format.decode({ topic: 'shop.orders', type: undefined, bytes });
    const before = registry.requests.length;
    registry.down();
    await format.encode(value(Placed, 'o-2'));
    await format.decode({ topic: 'shop.orders', type: undefined, bytes });
    expect(registry.requests.length).toBe(before);
  });

  it('wait while the registry is unavailable, and continue once it is back', async () => {
    const format = formatOf();
    registry.down();
    await expect(format.encode(value(Placed))).rejects.toThrow(
      /The schema registry http:\/\/127.0.0.1:\d+ answers 503: down/,
    );
    const unknown = { topic: 'shop.orders', type: undefined, bytes: withSchemaId(42, Buffer.from([0])) };
    await expect(format.decode(unknown)).rejects.not.toBeInstanceOf(UnreadableMessage);
    registry.down(false);
    expect(await format.encode(value(Placed))).toBeDefined();
  });

  it('name an unreachable registry, without its login', async () => {
    const format = formatOf({ url: 'http://user:secret@127.0.0.1:1' });
    await expect(format.encode(value(Placed))).rejects.toThrow(
      /^The schema registry http:\/\/127.0.0.1:1 does not answer: /,
    );
  });

  it('name a schema that the registry refuses, and the remedy', async () => {
    registry.refuse('refused-shop.Placed');
    const refused = formatOf().encode({ ...value(Placed), topic: 'refused' });
    await expect(refused).rejects.toThrow(
      'The schema registry refuses the schema of refused-shop.Placed (Schema being registered is incompatible): change it compatibly, give the event a new version, or change the compatibility of the subject.',
    );
  });

  it('name a schema that must be registered before', async () => {
    const format = formatOf({ register: false });
    await expect(format.encode({ ...value(Placed), topic: 'new' })).rejects.toThrow(
      'has no such schema under new-shop.Placed',
    );
    registry.add('new-shop.Placed', JSON.stringify(AVRO));
    expect(await format.encode({ ...value(Placed), topic: 'new' })).toBeDefined();
  });

  it.each([
    ['of an unknown schema', () => withSchemaId(9_999, Buffer.from([0])), 'unknown-schema', 'has no schema 9999'],
    [
      'that does not fit its schema',
      () => withSchemaId(registry.add('a', JSON.stringify(AVRO)), Buffer.from([90])),
      'malformed',
      'of schema',
    ],
    [
      'of an invalid schema',
      () => withSchemaId(registry.add('b', '{"type":"nothing"}'), Buffer.from([0])),
      'malformed',
      'of schema',
    ],
  ])('are unreadable %s: a dead letter', async (_, bytes, code, sentence) => {
    const read = formatOf().decode({ topic: 'shop.orders', type: cloudEventType(Placed), bytes: bytes() });
    await expect(read).rejects.toMatchObject({
      name: 'UnreadableMessage',
      code,
      message: expect.stringContaining(sentence),
    });
  });

  it('reject two schemas of one event, and an invalid address', () => {
    expect(() => formatOf({ schemas: [schemas[0]!, schemas[0]!] })).toThrow('An event has two schemas');
    expect(() => formatOf({ url: 'registry:8081' })).toThrow('"registry:8081" is no schema registry');
  });

  it('refuse a field that the schema does not have', async () => {
    for (const type of [Placed, Paid]) {
      const json = '{"orderId":"o-1","note":"stored nowhere"}';
      await expect(formatOf().encode({ ...value(type as typeof Placed), json })).rejects.toThrow(UnencodableValue);
    }
  });

  it('describe the schema of an event for AsyncAPI', () => {
    const describedBy = (type: typeof Placed | typeof Paid | typeof Sent) =>
      formatOf().describe!(cloudEventType(type as typeof Placed));
    expect(describedBy(Placed)).toEqual({
      contentType: 'application/avro',
      schemaFormat: 'application/vnd.apache.avro+json;version=1.9.0',
      schema: AVRO,
    });
    expect(describedBy(Paid)).toEqual({
      contentType: 'application/x-protobuf',
      schemaFormat: 'application/vnd.google.protobuf;version=3',
      schema: PROTO,
    });
    expect(describedBy(Sent)).toBeUndefined();
  });
});

describe('personal fields on the wire', () => {
  const text = z.string().min(1).max(100);
  const person = z.object({
    orderId: z.string(),
    name: sealedOr(text),
    lines: z.array(z.object({ to: sealedOr(text) })),
  });
  const Ordered = event('Ordered', { ...at, schema: person, wireName: 'shop.ordered' });
  const sealed = `sealed:v1:${'Az09_-'.repeat(10)}`;
  const data = { orderId: 'o-1', name: sealed, lines: [{ to: sealed }, { to: 'plain' }] };
  const avroOf = (name: unknown, to: unknown = 'string') => ({
    type: 'record',
    name: 'shop.Ordered',
    fields: [
      { name: 'orderId', type: 'string' },
      { name: 'name', type: name },
      {
        name: 'lines',
        type: { type: 'array', items: { type: 'record', name: 'Line', fields: [{ name: 'to', type: to }] } },
      },
    ],
  });
  const protoOf = (name: string, to = 'string') =>
    `syntax = "proto3"; message Ordered { string orderId = 1; ${name} name = 2; repeated Line lines = 3; } message Line { ${to} to = 1; } enum Kind { A = 0; }`;

  it.each([
    ['Avro', () => avro(Ordered, avroOf('string'))],
    ['Avro with an optional field', () => avro(Ordered, avroOf(['null', 'string']))],
    ['Protobuf', () => protobuf(Ordered, protoOf('string'))],
  ])('go there and back, sealed or plain: %s', async (_, schemaOf) => {
    const format = schemaRegistry({ url: registry.url, schemas: [schemaOf()], subject: 'record' });
    const type = cloudEventType(Ordered);
    const { bytes } = (await format.encode({ topic: 'shop.orders', type, json: JSON.stringify(data) }))!;
    expect(JSON.parse(await format.decode({ topic: 'shop.orders', type, bytes }))).toEqual(data);
  });

  it.each([
    [
      () => avro(Ordered, avroOf({ type: 'enum', name: 'Name', symbols: ['Ada', 'Bob'] })),
      'The Avro schema of Ordered has enum at Ordered.name: a personal field is sealed and needs string.',
    ],
    [() => avro(Ordered, avroOf('string', 'int')), 'has int at Ordered.lines[].to: a personal field is sealed'],
    [
      () => protobuf(Ordered, protoOf('Kind')),
      'The Protobuf schema of Ordered has Kind at Ordered.name: a personal field is sealed and needs string.',
    ],
    [() => protobuf(Ordered, protoOf('string', 'int32')), 'has int32 at Ordered.lines.to: a personal field is sealed'],
  ])('refuse a schema that cannot hold a sealed text', (schemaOf, sentence) => {
    expect(schemaOf).toThrow(sentence);
  });
});
