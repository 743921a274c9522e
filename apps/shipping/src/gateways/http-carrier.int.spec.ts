import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
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

/** Tells the carrier how to misbehave from now on, and asks what it has seen since it was asked last. */
async function tell(misbehave?: object): Promise<{ bookings: Record<string, unknown>; calls: string[] }> {
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
  it('books once however often it is asked', async () => {
    const booked = { answer: 'booked', trackingNumber: 'FAKE-1' };
    expect(await carrier.book(reference, destination)).toEqual(booked);
    expect(await carrier.book(reference, destination)).toEqual(booked);
    expect((await tell()).bookings).toEqual({ [reference]: { trackingNumber: 'FAKE-1' } });
  });

  it('refuses what comes after a cancellation, also when the cancellation came first', async () => {
    await carrier.book('booked', destination);
    for (const each of ['booked', 'never booked']) {
      await carrier.cancel(each);
      await carrier.cancel(each);
      expect(await carrier.book(each, destination)).toEqual({ answer: 'cancelled' });
    }
    expect((await tell()).bookings).toEqual({});
  });

  it('answers a refusal with its reason, and asks only once for it', async () => {
    const refused = { answer: 'refused', reason: 'undeliverable-destination' };
    expect(await carrier.book(reference, { ...destination, country: 'AQ' })).toEqual(refused);
    expect((await tell()).calls).toEqual([`PUT /v1/bookings/${reference}`]);
  });

  it('tells where it goes', async () => {
    expect(await carrier.countries()).toEqual({ served: ['DE', 'GB'], refused: ['AQ'] });
  });

  it('gets past a carrier that stumbles twice, and past an answer that is lost', async () => {
    await tell({ faults: [{ status: 503 }, { loseAnswer: true }] });
    expect(await carrier.book(reference, destination)).toEqual({ answer: 'booked', trackingNumber: 'FAKE-1' });
    const { calls, bookings } = await tell();
    expect(calls).toHaveLength(3);
    expect(Object.keys(bookings)).toEqual([reference]);
  });

  it('gives up an answer that takes too long', async () => {
    await tell({ always: { silent: true } });
    await expect(carrier.book(reference, destination)).rejects.toThrow(`carrier: no answer within ${TIMEOUT_MS} ms`);
    await expect(carrier.cancel(reference)).rejects.toThrow(GatewayUnavailable);
  });

  it('is left alone while it is down', async () => {
    await tell({ always: { status: 500 } });
    const asked = Array.from({ length: HALF_A_BATCH }, (_, nth) => carrier.book(String(nth), destination));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(carrier.book(reference, destination)).rejects.toThrow('circuit is open');
    expect((await tell()).calls.length).toBeLessThan(HALF_A_BATCH);
  });

  it('is bad weather when nobody listens', async () => {
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
    await expect(carrier.book(reference, destination)).rejects.toThrow(GatewayUnavailable);
  });

  it.each([
    ['a status that it never promised', { status: 400, body: '{"reason":"bad"}' }],
    ['a redirection', { status: 302 }],
    ['no tracking number', { status: 200, body: '{}' }],
    ['a tracking number that is too long', { status: 200, body: `{"trackingNumber":"${'9'.repeat(65)}"}` }],
    ['a page for people', { status: 200, body: '<html>' }],
    ['a refusal without a reason', { status: 422, body: '{}' }],
  ])('is not asked again after %s', async (_, fault) => {
    await tell({ always: fault });
    await expect(carrier.book(reference, destination)).rejects.toThrow(UnexpectedAnswer);
    expect((await tell()).calls).toHaveLength(1);
  });

  it('takes a reference for cancelled only when the carrier says 204', async () => {
    await tell({ always: { status: 200 } });
    await expect(carrier.cancel(reference)).rejects.toThrow('DELETE /v1/bookings/');
  });
});
