import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { asyncApi } from '@quadrille/choreography';
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

  it('contains only references that resolve', () => {
    expect(references.length).toBeGreaterThan(0);
    const at = (path: string) => path.split('/').reduce((inner, name) => inner?.[name], document);
    expect(references.filter((path) => at(path) === undefined)).toEqual([]);
  });

  it('lists the consumed and emitted events of every step, on the topic of the emitting service', () => {
    const { operations, channels } = document;
    expect(operations['authorize-payment.hears.order']).toMatchObject({
      action: 'receive',
      channel: { $ref: '#/channels/order' },
      messages: [{ $ref: '#/channels/order/messages/OrderCreated' }],
    });
    expect(operations['authorize-payment.says']).toMatchObject({ action: 'send' });
    expect(channels.payment.address).toBe('quadrille.payment.v1');
  });
});
