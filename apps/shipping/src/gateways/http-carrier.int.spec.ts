import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exampleOrder } from '@quadrille/contracts';
import { GatewayUnavailable } from '@quadrille/nest';
import type { Carrier } from './carrier.js';
import { httpCarrier, UnexpectedAnswer } from './http-carrier.js';

const TIMEOUT_MS = 250;
const HALF_A_BATCH = 250;

const destination = exampleOrder().shippingAddress;
const reference = exampleOrder().orderId;

let child: ChildProcess;
let url: string;
let carrier: Carrier;

/** Injects faults into the carrier, and returns its bookings and the calls since the last report. */
async function control(misbehave?: object): Promise<{ bookings: Record<string, unknown>; calls: string[] }> {
  const answer = once(child, 'message');
  child.send({ misbehave });
  return (await answer)[0];
}

beforeEach(async () => {
  child = fork(fileURLToPath(new URL('./fake-carrier.mjs', import.meta.url)), { execArgv: [] });
  const [{ port }] = await once(child, 'message');
  url = `http://127.0.0.1:${port}/v1/`;
  carrier = httpCarrier({ url, timeoutMs: TIMEOUT_MS });
});

afterEach(async () => {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
});

describe('a carrier over HTTP', () => {
  it('books once for any number of calls', async () => {
    const booked = { answer: 'booked', trackingNumber: 'FAKE-1' };
    expect(await carrier.book(reference, destination)).toEqual(booked);
    expect(await carrier.book(reference, destination)).toEqual(booked);
    expect((await control()).bookings).toEqual({ [reference]: { trackingNumber: 'FAKE-1' } });
  });

  it('receives the credential of the shop, if it has one', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer(({ headers }, response) => {
      seen.push(headers.authorization);
      response.end(JSON.stringify({ served: [], refused: [] }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const token of ['s3cret', undefined]) {
      await httpCarrier({ url: at, timeoutMs: 10_000, token }).countries();
    }
    expect(seen).toEqual(['Bearer s3cret', undefined]);
    server.closeAllConnections();
    server.close();
  });

  it('refuses a booking after a cancellation, also if the cancellation came first', async () => {
    await carrier.book('booked', destination);
    for (const each of ['booked', 'never booked']) {
      await carrier.cancel(each);
      await carrier.cancel(each);
      expect(await carrier.book(each, destination)).toEqual({ answer: 'cancelled' });
    }
    expect((await control()).bookings).toEqual({});
  });

  it('returns a refusal with its reason after one call', async () => {
    const refused = { answer: 'refused', reason: 'undeliverable-destination' };
    expect(await carrier.book(reference, { ...destination, country: 'AQ' })).toEqual(refused);
    expect((await control()).calls).toEqual([`PUT /v1/bookings/${reference}`]);
  });

  it('lists the countries with service', async () => {
    expect(await carrier.countries()).toEqual({ served: ['DE', 'GB'], refused: ['AQ'] });
  });

  it('recovers from two transient failures, and from a lost response', async () => {
    await control({ faults: [{ status: 503 }, { loseAnswer: true }] });
    expect(await carrier.book(reference, destination)).toEqual({ answer: 'booked', trackingNumber: 'FAKE-1' });
    const { calls, bookings } = await control();
    expect(calls).toHaveLength(3);
    expect(Object.keys(bookings)).toEqual([reference]);
  });

  it('rejects a response that takes too long', async () => {
    await control({ always: { silent: true } });
    await expect(carrier.book(reference, destination)).rejects.toThrow(`carrier: no answer within ${TIMEOUT_MS} ms`);
    await expect(carrier.cancel(reference)).rejects.toThrow(GatewayUnavailable);
  });

  it('is not called while the circuit is open', async () => {
    await control({ always: { status: 500 } });
    const bookings = Array.from({ length: HALF_A_BATCH }, (_, nth) => carrier.book(String(nth), destination));
    const outcomes = await Promise.allSettled(bookings);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(carrier.book(reference, destination)).rejects.toThrow('circuit is open');
    expect((await control()).calls.length).toBeLessThan(HALF_A_BATCH);
  });

  it('counts as unavailable if no process listens', async () => {
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
    await expect(carrier.book(reference, destination)).rejects.toThrow(GatewayUnavailable);
  });

  it.each([
    ['an unspecified status', { status: 400, body: '{"reason":"bad"}' }],
    ['a redirection', { status: 302 }],
    ['no tracking number', { status: 200, body: '{}' }],
    ['a tracking number that is too long', { status: 200, body: `{"trackingNumber":"${'9'.repeat(65)}"}` }],
    ['a page of HTML', { status: 200, body: '<html>' }],
    ['a refusal without a reason', { status: 422, body: '{}' }],
  ])('is not retried after %s', async (_, fault) => {
    await control({ always: fault });
    await expect(carrier.book(reference, destination)).rejects.toThrow(UnexpectedAnswer);
    expect((await control()).calls).toHaveLength(1);
  });

  it('counts a reference as cancelled only after status 204', async () => {
    await control({ always: { status: 200 } });
    await expect(carrier.cancel(reference)).rejects.toThrow('DELETE /v1/bookings/');
  });
});
