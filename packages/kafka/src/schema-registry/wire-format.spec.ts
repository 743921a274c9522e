import { describe, expect, it } from '@jest/globals';
import { event, UnencodableValue } from '@quadrille/choreography';
import { z } from 'zod';
import { avro, avroReader } from './avro.js';
import { protobuf, protobufReader } from './protobuf.js';
import { hasSchemaId, readMessagePath, splitSchemaId, withSchemaId, writeMessagePath } from './wire-format.js';

const schema = z.object({ orderId: z.string(), cents: z.int(), note: z.string().optional() });
const Placed = event('Placed', { service: 'order', wireName: 'shop.placed', version: 1, key: 'orderId', schema });

const AVRO = {
  type: 'record',
  name: 'OrderPlaced',
  namespace: 'shop',
  fields: [
    { name: 'orderId', type: 'string' },
    { name: 'cents', type: 'long' },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
};
const PROTO = `syntax = "proto3";
package shop;
message OrderPlaced { string orderId = 1; int64 cents = 2; optional string note = 3; }
message Envelope {
  string id = 1;
  message Other { string id = 1; }
  message Inner { string orderId = 1; }
}`;
const order = { orderId: 'o-1', cents: 1250 };

/** Written by @confluentinc/schemaregistry 1.10.1 with the same schemas, under id 42. */
const GOLDEN = {
  avro: '000000002a066f2d31c41300',
  protobuf: '000000002a000a036f2d3110e209',
  inner: '000000002a0402020a036f2d31',
  second: '000000002a02020a0165',
};
const written = (bytes: Uint8Array) => withSchemaId(42, bytes).toString('hex');
const restOf = (hex: string) => splitSchemaId(Buffer.from(hex, 'hex')).rest;

describe('the wire format of a schema registry', () => {
  it("is that of Confluent's serializers", () => {
    expect(written(avro(Placed, AVRO).encode(order))).toBe(GOLDEN.avro);
    expect(written(protobuf(Placed, PROTO).encode(order))).toBe(GOLDEN.protobuf);
    expect(written(protobuf(Placed, PROTO, 'shop.Envelope.Inner').encode({ orderId: 'o-1' }))).toBe(GOLDEN.inner);
    expect(written(protobuf(Placed, PROTO, 'shop.Envelope').encode({ id: 'e' }))).toBe(GOLDEN.second);
  });

  it('is read as it was written', () => {
    expect(splitSchemaId(Buffer.from(GOLDEN.avro, 'hex')).id).toBe(42);
    expect(avroReader(JSON.stringify(AVRO))(restOf(GOLDEN.avro))).toEqual(order);
    expect(protobufReader(PROTO)(restOf(GOLDEN.protobuf))).toEqual(order);
    expect(protobufReader(PROTO)(restOf(GOLDEN.inner))).toEqual({ orderId: 'o-1' });
  });

  it('does not match JSON or too short values', () => {
    expect(hasSchemaId(Buffer.from('{}'))).toBe(false);
    expect(hasSchemaId(Buffer.from([0, 0, 0]))).toBe(false);
    expect(hasSchemaId(Buffer.from(GOLDEN.avro, 'hex'))).toBe(true);
  });

  it.each([[[0]], [[1, 1]], [[200, 3]]])('has the path %j of a message', (path) => {
    const { path: read, rest } = readMessagePath(Buffer.concat([writeMessagePath(path), Buffer.from('x')]));
    expect(read).toEqual(path);
    expect(rest.toString()).toBe('x');
  });

  it('refuses a path that does not end', () => {
    expect(() => readMessagePath(Buffer.from([0x80]))).toThrow('has no path');
    expect(() => readMessagePath(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]))).toThrow('has no path');
  });
});

describe('a schema', () => {
  it('is one that JSON can hold', () => {
    const field = (type: unknown) => ({ ...AVRO, fields: [{ name: 'orderId', type }] });
    expect(() => avro(Placed, field('bytes'))).toThrow('Placed has bytes at Placed.orderId: use a string');
    expect(() => avro(Placed, field(['int', 'long']))).toThrow('a union whose branches look alike in JSON');
    expect(() => avro(Placed, { type: 'string' })).toThrow('must be a record');
    expect(() => protobuf(Placed, PROTO, 'shop.Other')).toThrow('has no message shop.Other');
    expect(() => protobuf(Placed, 'syntax = "proto3"; import "other.proto"; message A { string id = 1; }')).toThrow(
      'imports other.proto',
    );
  });

  it.each<[string, object, string]>([
    ['a missing field', { orderId: 'o-1' }, 'cents'],
    ['another type', { ...order, cents: '12' }, 'cents'],
  ])('refuses %s, and names the field', (_, data, field) => {
    // Proto3 has no required fields.
    const schemas = 'cents' in data ? [avro(Placed, AVRO), protobuf(Placed, PROTO)] : [avro(Placed, AVRO)];
    for (const each of schemas) {
      expect(() => each.encode(data)).toThrow(UnencodableValue);
      expect(() => each.encode(data)).toThrow(field);
    }
  });

  it('loses no field that Protobuf does not have', () => {
    expect(() => protobuf(Placed, PROTO).encode({ ...order, gift: true })).toThrow(
      'shop.OrderPlaced has no field gift',
    );
  });

  it('of the writer resolves to that of the reader', () => {
    const newer = { ...AVRO, fields: [...AVRO.fields, { name: 'channel', type: 'string', default: 'web' }] };
    expect(avroReader(JSON.stringify(AVRO), avro(Placed, newer))(restOf(GOLDEN.avro))).toEqual({
      ...order,
      channel: 'web',
    });
    const other = { ...AVRO, fields: [{ name: 'total', type: 'long' }] };
    expect(() => avroReader(JSON.stringify(AVRO), avro(Placed, other))).toThrow('total');
  });

  it('retains null if it is a value, and omits fields that were not set', () => {
    const nested = {
      type: 'record',
      name: 'Nested',
      fields: [
        { name: 'orderId', type: 'string' },
        { name: 'gift', type: ['string', 'null'] },
        { name: 'lines', type: { type: 'array', items: AVRO } },
        { name: 'tags', type: { type: 'map', values: 'int' } },
      ],
    };
    const data = { orderId: 'o-1', gift: null, lines: [order, { ...order, note: 'n' }], tags: { a: 1 } };
    expect(avroReader(JSON.stringify(nested))(Buffer.from(avro(Placed, nested).encode(data)))).toEqual(data);
  });

  it('of 64 bits holds only numbers that JSON holds exactly', () => {
    const bytes = Buffer.from('000a036f2d3110ffffffffffffffff7f', 'hex');
    expect(() => protobufReader(PROTO)(bytes)).toThrow('too large for JSON');
  });
});
