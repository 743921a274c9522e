import { Logger } from '@nestjs/common';
import { resilient } from '@quadrille/nest';
import { createTransport } from 'nodemailer';
import type { Letter } from '../domain/letter.js';
import type { MailEnvironment } from './mail-environment.js';

/** Where letters go. Rejects when one could not be handed over; the same letter may then be sent again. */
export interface Mail {
  send(letter: Letter): Promise<unknown>;
  /** Lets go of connections to the mail server. */
  close?(): void;
}

/** What the steps of this service may ask. */
export interface Gateways {
  readonly mail: Mail;
}

/** Any number that a batch does not exceed: mails wait for a connection, they are never turned away. */
const MAX_WAITING = 20_000;

/** Hands letters to an SMTP server, over a few connections that are kept open. */
export function smtpMail(url: string, env: MailEnvironment): Mail {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: env.SMTP_CONNECTIONS,
    connectionTimeout: env.SMTP_TIMEOUT_MS,
    greetingTimeout: env.SMTP_TIMEOUT_MS,
    socketTimeout: env.SMTP_TIMEOUT_MS,
    // A letter holds text that customers wrote: it must never name a file or a URL to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const guard = resilient({
    name: 'mail-server',
    timeoutMs: env.SMTP_TIMEOUT_MS,
    concurrent: env.SMTP_CONNECTIONS,
    queued: MAX_WAITING,
    retries: 1,
    breakAfterFailures: 5,
    halfOpenAfterMs: env.SMTP_HALF_OPEN_AFTER_MS,
    isTransient: (error) => !isRefusal(error),
  });
  return {
    send: (letter) => guard.call((signal) => transport.sendMail({ ...envelopeOf(letter, env), signal })),
    close: () => transport.close({ force: true }),
  };
}

/** The server understood and said no (5xx): no repetition within seconds helps, and it is no sign that the server is ill. */
const isRefusal = (error: Error): boolean => (error as { permanent?: boolean }).permanent === true;

/** Writes a line for each letter, in place of a mail. */
function loggedMail(env: MailEnvironment): Mail {
  const log = new Logger('mail');
  return {
    async send(letter) {
      const { to, subject, messageId } = envelopeOf(letter, env);
      log.log({ msg: `SMTP_URL is not set; not sent: to ${to}, "${subject}"`, orderId: letter.orderId, messageId });
    },
  };
}

/** The message id comes from the order: mail programs recognise a repetition by it. */
const envelopeOf = ({ kind, orderId, customerId, subject, text }: Letter, env: MailEnvironment) => ({
  from: env.MAIL_FROM ?? `orders@${env.MAIL_DOMAIN}`,
  to: `${customerId ?? 'guest'}@${env.MAIL_DOMAIN}`,
  messageId: `<${kind}.${orderId}@${env.MAIL_DOMAIN}>`,
  subject,
  text,
});

/** SMTP where `SMTP_URL` says so, the log otherwise. */
export const gateways = (env: MailEnvironment): Gateways => ({
  mail: env.SMTP_URL ? smtpMail(env.SMTP_URL, env) : loggedMail(env),
});
