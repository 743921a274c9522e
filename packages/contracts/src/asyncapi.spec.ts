import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { asyncApi, type ValueFormat } from '@quadrille/choreography';
import { Ajv } from 'ajv';
import { checkout } from './checkout.js';
import { shop } from './shop.js';

/** The official schema of AsyncAPI documents. */
const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json');
const facts = { title: 'The shop', version: '1.0.0', description: 'Its events.' };
const document = JSON.parse(JSON.stringify(asyncApi(checkout, shop, facts)));
const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);

/** Every `$ref` of the document. */
const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);

describe('the AsyncAPI document', () => {
  it('is valid by the official schema of AsyncAPI 3', () => {
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...document, channels: { order: { adress: 'a typing mistake' } } })).toBe(false);
  });

  it('is valid with Avro, Protobuf and headers of another name', () => {
    const avro = { contentType: 'application/avro', schemaFormat: 'application/vnd.apache.avro+json;version=1.9.0' };
    const describe = (type: string) =>
      type === 'quadrille.payment.authorized.v1'
        ? { ...avro, schema: { type: 'record', name: 'Authorized', fields: [{ name: 'orderId', type: 'string' }] } }
        : undefined;
    const values = { describe } as unknown as ValueFormat;
    const headers = { prefix: 'cloudEvents_', names: { type: 'event-type' } };
    const other = JSON.parse(JSON.stringify(asyncApi(checkout, shop, facts, { values, headers })));
    validate(other);
    expect(validate.errors ?? []).toEqual([]);
    const { messages, schemas } = other.components;
    expect(messages.PaymentAuthorized).toMatchObject({
      contentType: 'application/avro',
      payload: { schemaFormat: avro.schemaFormat, schema: { name: 'Authorized' } },
    });
    expect(messages.PaymentFailed).toMatchObject({ contentType: 'application/json', payload: { type: 'object' } });
    const { required, properties } = schemas.CloudEventHeaders;
    expect(required).toEqual(expect.arrayContaining(['cloudEvents_id', 'event-type']));
    expect(properties['content-type'].enum.sort()).toEqual(['application/avro', 'application/json']);
  });

  it('contains only references that resolve', () => {
    expect(references.length).toBeGreaterThan(0);
    const at = (path: string) => path.split('/').reduce((inner, name) => inner?.[name], document);
    expect(references.filter((path) => at(path) === undefined)).toEqual([]);
  });

  it('lists the consumed and emitted events of every step, on their topics', () => {
    const { operations, channels } = document;
    expect(operations['authorize-payment.handles.OrderCreated']).toMatchObject({
      action: 'receive',
      channel: { $ref: '#/channels/OrderCreated' },
      messages: [{ $ref: '#/channels/OrderCreated/messages/OrderCreated' }],
    });
    expect(operations['authorize-payment.emits']).toMatchObject({ action: 'send' });
    expect(channels.PaymentAuthorized.address).toBe('quadrille.payment.authorized');
    expect(channels.payment.address).toBe('quadrille.payment.v1');
  });
});
