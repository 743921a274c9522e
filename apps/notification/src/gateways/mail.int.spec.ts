import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exampleOrder } from '@quadrille/contracts';
import { GatewayUnavailable } from '@quadrille/nest';
import { SMTPServer } from 'smtp-server';
import { z } from 'zod';
import { letterFor } from '../domain/letter.js';
import { type Mail, smtpMail } from './mail.js';
import { mailEnvironment } from './mail-environment.js';

const ORDER = exampleOrder();

interface Received {
  readonly to: readonly string[];
  readonly text: string;
}

/** The header may be folded over two lines. */
const messageIdOf = (mail: Received | undefined) => /^Message-ID:\s+(<.*>)/im.exec(mail?.text ?? '')?.[1];

describe('mail by SMTP', () => {
  const received: Received[] = [];
  let answer: () => Error | undefined;
  let stalled: boolean;
  let server: SMTPServer;
  let address: string;
  let mail: Mail;

  beforeEach(async () => {
    received.length = 0;
    answer = () => undefined;
    stalled = false;
    server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      logger: false,
      onData: async (stream, session, done) => {
        // A sender that gives up closes its connection, and the stream fails.
        const mailText = await text(stream).catch(() => undefined);
        if (stalled || mailText === undefined) return;
        const refusal = answer();
        if (refusal) return done(refusal);
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: mailText });
        done();
      },
    });
    server.on('error', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as AddressInfo;
    address = `smtp://127.0.0.1:${port}`;
    mail = smtpMail(address, environment());
  });

  afterEach(async () => {
    mail.close?.();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  const environment = (timeoutMs = 30_000) =>
    z
      .object(mailEnvironment)
      .parse({ SMTP_TIMEOUT_MS: String(timeoutMs), SMTP_CONNECTIONS: '2', MAIL_DOMAIN: 'shop.example' });

  it('goes to the customer, with a message id derived from the order', async () => {
    await mail.send(letterFor(ORDER, ORDER.shippingAddress));
    expect(received).toHaveLength(1);
    expect(received[0]?.to).toEqual([`${ORDER.customerId}@shop.example`]);
    expect(messageIdOf(received[0])).toBe(`<order-completed.${ORDER.orderId}@shop.example>`);
    expect(received[0]?.text).toContain('From: orders@shop.example');
  });

  it('goes to the guests’ address if the order has no customer', async () => {
    await mail.send(letterFor(exampleOrder({ customerId: null }), ORDER.shippingAddress));
    expect(received[0]?.to).toEqual(['guest@shop.example']);
  });

  it('has the same message id on a repeated delivery', async () => {
    await mail.send(letterFor(ORDER, ORDER.shippingAddress));
    await mail.send(letterFor(ORDER, ORDER.shippingAddress));
    expect(received).toHaveLength(2);
    expect(messageIdOf(received[1])).toBe(messageIdOf(received[0]));
  });

  it('sends many letters over few connections', async () => {
    const letters = Array.from({ length: 40 }, () => mail.send(letterFor(ORDER, ORDER.shippingAddress)));
    await Promise.all(letters);
    expect(received).toHaveLength(40);
  });

  it('is retried once after a transient refusal of the server', async () => {
    const answers = [Object.assign(new Error('try again later'), { responseCode: 451 })];
    answer = () => answers.shift();
    await mail.send(letterFor(ORDER, ORDER.shippingAddress));
    expect(received).toHaveLength(1);
  });

  it('fails at once, with the server’s message, on a permanent refusal', async () => {
    let calls = 0;
    answer = () => {
      calls++;
      return Object.assign(new Error('no such user'), { responseCode: 550 });
    };
    await expect(mail.send(letterFor(ORDER, ORDER.shippingAddress))).rejects.toThrow(/no such user/);
    expect(calls).toBe(1);
  });

  it('fails after its timeout if the server does not respond', async () => {
    stalled = true;
    const impatient = smtpMail(address, environment(500));
    await expect(impatient.send(letterFor(ORDER, ORDER.shippingAddress))).rejects.toThrow(GatewayUnavailable);
    impatient.close?.();
  });
});
