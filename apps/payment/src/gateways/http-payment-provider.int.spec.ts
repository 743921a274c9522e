import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '@quadrille/local';
import { GatewayUnavailable, newId } from '@quadrille/nest';
import { ProviderProcess } from '../spec/provider-process.js';
import { httpPaymentProvider, IssuerUnavailable, UnexpectedAnswer } from './http-payment-provider.js';
import type { PaymentProvider } from './payment-provider.js';

const TIMEOUT_MS = 300;
const PATIENT_TIMEOUT_MS = 10_000;

let folder: string;
let gateways: ProviderProcess;
let provider: PaymentProvider;

const charge = (reference: string) => gateways.charge(reference);
const authorize = (reference: string, token?: string) => provider.authorize(reference, 5_900, 'GBP', token);

beforeAll(() => ProviderProcess.build());

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payment-outside-'));
  gateways = new ProviderProcess(await freePort(), folder);
  await gateways.start();
  provider = httpPaymentProvider({ url: gateways.url, timeoutMs: TIMEOUT_MS });
});

afterEach(async () => {
  await gateways.end();
  rmSync(folder, { recursive: true, force: true });
});

describe('the payment provider over HTTP', () => {
  it('holds, captures and reverses, each once even if repeated', async () => {
    const reference = newId();
    const held = await authorize(reference);
    expect(held).toEqual({ answer: 'authorized', authorization: expect.any(String) });
    expect(await authorize(reference)).toEqual(held);
    expect(await provider.capture(reference)).toEqual({ answer: 'captured' });
    expect(await provider.capture(reference)).toEqual({ answer: 'captured' });
    expect(await charge(reference)).toMatchObject({ captured: 5_900, net: 5_900 });
    await provider.reverse(reference);
    await provider.reverse(reference);
    expect(await charge(reference)).toMatchObject({ captured: 5_900, refunded: 5_900, held: 0, net: 0 });
  });

  it('refuses requests after a reversal, even if the reversal came first', async () => {
    const reference = newId();
    await provider.reverse(reference);
    expect(await authorize(reference)).toEqual({ answer: 'reversed' });
    expect(await provider.capture(reference)).toEqual({ answer: 'reversed' });
    expect(await charge(reference)).toMatchObject({ held: 0, net: 0 });
  });

  it('sends the credential of the shop, if it has one', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer(({ headers }, response) => {
      seen.push(headers.authorization);
      response.end(JSON.stringify({ status: 'reversed' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const token of ['s3cret', undefined]) {
      await httpPaymentProvider({ url: at, timeoutMs: PATIENT_TIMEOUT_MS, token }).reverse(newId());
    }
    expect(seen).toEqual(['Bearer s3cret', undefined]);
    server.closeAllConnections();
    server.close();
  });

  it('returns refusals with their reasons', async () => {
    const [declined, half] = [newId(), newId()];
    expect(await authorize(declined, 'tok_declined')).toEqual({ answer: 'declined', reason: 'card-declined' });
    await authorize(half, 'tok_capture-declined');
    expect(await provider.capture(half)).toEqual({ answer: 'declined', reason: 'capture-declined' });
    expect(await provider.capture(newId())).toEqual({ answer: 'declined', reason: 'unknown-reference' });
  });

  it('retries a call that fails twice', async () => {
    const reference = newId();
    expect((await authorize(reference, 'tok_flaky')).answer).toBe('authorized');
    expect((await charge(reference)).calls.authorize).toBe(3);
  });

  it('charges once even if half of the answers are lost', async () => {
    await gateways.misbehave({ lostAnswerRate: 0.5, seed: 3 });
    const references = Array.from({ length: 20 }, newId);
    const untilAnswered = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
      for (;;) {
        try {
          return await call();
        } catch (error) {
          if (!(error instanceof GatewayUnavailable)) throw error;
        }
      }
    };
    for (const reference of references) {
      await untilAnswered(() => authorize(reference));
      await untilAnswered(() => provider.capture(reference));
    }
    for (const reference of references) expect(await charge(reference)).toMatchObject({ captured: 5_900, net: 5_900 });
  });

  it('gives the same answers after SIGKILL and a restart', async () => {
    const [held, reversed] = [newId(), newId()];
    const promised = await authorize(held);
    await provider.reverse(reversed);
    await gateways.end('SIGKILL');
    await expect(authorize(newId())).rejects.toThrow(GatewayUnavailable);
    await gateways.start();
    expect(await authorize(held)).toEqual(promised);
    expect(await authorize(reversed)).toEqual({ answer: 'reversed' });
  });

  it('times out a slow answer', async () => {
    await gateways.misbehave({ latencyMs: TIMEOUT_MS * 2 });
    await expect(authorize(newId())).rejects.toThrow(`no answer within ${TIMEOUT_MS} ms`);
  });

  it('opens the circuit while the provider is down, and closes it afterwards', async () => {
    await gateways.misbehave({ down: true });
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => authorize(newId())));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(authorize(newId())).rejects.toThrow('circuit is open');
    await gateways.misbehave({});
    const reference = newId();
    const answered = async () => (await authorize(reference).catch(() => undefined))?.answer;
    // Polls as the runner does when it retries a parked key.
    while ((await answered()) !== 'authorized') await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await charge(reference)).toMatchObject({ status: 'authorized' });
  });

  it('serves other cards while the bank of some is unavailable', async () => {
    // No attempt may time out here, because a timeout counts against the provider.
    provider = httpPaymentProvider({ url: gateways.url, timeoutMs: PATIENT_TIMEOUT_MS });
    const away = await Promise.allSettled(Array.from({ length: 40 }, () => authorize(newId(), 'tok_unreachable')));
    for (const each of away) expect(each).toMatchObject({ status: 'rejected', reason: expect.any(IssuerUnavailable) });
    expect((await authorize(newId())).answer).toBe('authorized');
  });

  it('does not retry permanent errors', async () => {
    const reference = newId();
    await authorize(reference);
    await expect(provider.authorize(reference, 1, 'GBP', undefined)).rejects.toThrow(UnexpectedAnswer);
    expect((await charge(reference)).calls.authorize).toBe(2);
  });

  it('exits with its parent process', async () => {
    const exited = once(gateways.child!, 'exit');
    gateways.child!.disconnect();
    expect(await exited).toEqual([0, null]);
  });
});
