import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PEOPLE } from '@quadrille/local';
import { eventually } from './eventually.js';
import { holds } from './holds.js';
import { orderBody } from './order-body.js';
import { placesOf } from './plain-texts.js';
import { run } from './program.js';
import { type Stack, startStack } from './stack.js';
import { untilEnded } from './timeline.js';

const SLOW_MS = 240_000;
const CUSTOMER = PEOPLE.rich[1]!;
/** Texts that stand nowhere else. */
const ADDRESS = {
  name: 'Xanthippe Quillfeather',
  line1: '7 Yggdrasil Mews',
  line2: 'Zephyr Wing',
  city: 'Wigglesworth',
  postalCode: 'QX9 9XQ',
  country: 'GB',
};
const TEXTS = Object.values(ADDRESS).filter((text) => text !== 'GB');

describe('the personal data of an order', () => {
  let stack: Stack;
  let carrier: Server;
  let orderId: string;
  let guestsOrderId: string;
  let failedOrderId: string;
  /** By reference: the address that the carrier received. */
  const bookings = new Map<string, unknown>();
  const lines: string[] = [];

  beforeAll(async () => {
    carrier = createServer(async (request, response) => {
      const { destination } = request.method === 'PUT' ? ((await json(request)) as any) : {};
      if (destination) bookings.set(request.url!.split('/').at(-1)!, destination);
      response.writeHead(destination ? 201 : 204, { 'content-type': 'application/json' });
      response.end(destination && JSON.stringify({ trackingNumber: 'T1' }));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => carrier.once('listening', resolve));
    const CARRIER_URL = `http://127.0.0.1:${(carrier.address() as AddressInfo).port}/v1`;
    const onLine = (_: string, line: string) => void lines.push(line);
    stack = await startStack({ env: { LOG_LEVEL: 'debug' }, envOf: { shipping: { CARRIER_URL } }, onLine });
  }, 180_000);
  afterAll(async () => {
    await stack?.stop();
    carrier?.close();
  }, 60_000);

  const bodyOf = (changes = {}) => orderBody({ customerId: CUSTOMER, shippingAddress: ADDRESS, ...changes });
  const place = async (changes = {}): Promise<string> => {
    const { status, body } = await stack.shop.placeOrder(bodyOf(changes), randomUUID());
    expect([status, body]).toEqual([202, expect.objectContaining({ status: 'PLACED' })]);
    return body.orderId;
  };
  const addressOf = async (id: string) => (await stack.shop.order(id)).body.shippingAddress;
  const inTheClear = async () => {
    const places: Record<string, string[]> = {};
    for (const text of TEXTS) places[text] = await placesOf(text, stack);
    return { places, lines: lines.filter((line) => TEXTS.some((text) => line.includes(text))) };
  };
  const NOWHERE = { places: Object.fromEntries(TEXTS.map((text) => [text, []])), lines: [] };
  async function erase(id: string) {
    const program = run('packages/cli/bin/quadrille.mjs', ['erase', id], { QUADRILLE_DATA_DIR: stack.dataDir });
    const code = await program.ended();
    return { code, ...program.output() };
  }

  it(
    'reach the carrier and the customer, and no table, topic or log has them in the clear',
    async () => {
      orderId = await place();
      guestsOrderId = await place({ customerId: null, payment: { method: 'card', token: 'tok_visa' } });
      failedOrderId = await place({ payment: { method: 'card', token: 'tok_capture-declined' } });
      expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
      expect(await untilEnded(stack, guestsOrderId)).toBe('COMPLETED');
      expect(await untilEnded(stack, failedOrderId)).toBe('CANCELLED');
      await holds(stack);
      for (const id of [orderId, guestsOrderId]) {
        expect(bookings.get(id)).toEqual(ADDRESS);
        expect(await addressOf(id)).toEqual(ADDRESS);
      }
      expect(await inTheClear()).toEqual(NOWHERE);
      // The search finds texts that are there.
      expect(await placesOf(orderId, stack)).toEqual(
        expect.arrayContaining([
          'order.order_events',
          'order.orders',
          'order.idempotency_keys',
          'storefront.saga_events',
        ]),
      );
      expect(await placesOf(CUSTOMER, stack)).toEqual(expect.arrayContaining(['personal-data.data_keys']));
    },
    SLOW_MS,
  );

  it(
    'are unreadable everywhere once the customer was erased, while those of others and all promises hold',
    async () => {
      expect(await erase('0000dead-0000-4000-8000-000000000000')).toMatchObject({ code: 1 });
      expect(await erase('ada')).toMatchObject({ code: 2, stderr: expect.stringContaining('"ada" is no id') });
      expect(await erase(CUSTOMER)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Erased: /) });
      expect(await erase(CUSTOMER)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Nothing to do/) });
      // Instead of waiting until cached keys have expired.
      await stack.system.processes.order.restart();
      const erased = { erased: true };
      const expected = { name: erased, line1: erased, line2: erased, city: erased, postalCode: erased, country: 'GB' };
      for (const id of [orderId, failedOrderId]) {
        expect(await eventually('the erased address', () => addressOf(id), Boolean)).toEqual(expected);
      }
      expect(await addressOf(guestsOrderId)).toEqual(ADDRESS);
      const { status, body } = await stack.shop.placeOrder(bodyOf());
      expect([status, body.type]).toEqual([409, 'urn:quadrille:problem:personal-data-erased']);
      await holds(stack);
      expect(await inTheClear()).toEqual(NOWHERE);
    },
    SLOW_MS,
  );

  it(
    'turn an order back that is erased before its shipment was booked',
    async () => {
      await stack.system.processes.inventory.stop();
      const guest = await place({ customerId: null, payment: { method: 'card', token: 'tok_visa' } });
      expect(await erase(guest)).toMatchObject({ code: 0 });
      await stack.system.processes.inventory.restart();
      expect(await untilEnded(stack, guest)).toBe('CANCELLED');
      expect((await stack.shop.order(guest)).body.reason).toBe('address-erased');
      expect(bookings.has(guest)).toBe(false);
      await holds(stack);
    },
    SLOW_MS,
  );
});
