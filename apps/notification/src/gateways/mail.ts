import { Logger } from '@nestjs/common';
import type { PersonalData } from '@quadrille/choreography';
import { resilient } from '@quadrille/nest';
import { createTransport } from 'nodemailer';
import type { Letter } from '../domain/letter.js';
import type { MailEnvironment } from './mail-environment.js';

/** Sends letters. Rejects if the delivery failed; the same letter can then be sent again. */
export interface Mail {
  send(letter: Letter): Promise<unknown>;
  /** Closes the connections to the mail server. */
  close?(): void;
}

/** The gateways that the steps of this service may call. */
export interface Gateways {
  readonly mail: Mail;
  /** Opens the address, for the greeting. */
  readonly personalData: PersonalData;
}

/** Above the size of any batch: mails wait for a connection, none is refused. */
const MAX_WAITING = 20_000;

/** Sends letters to an SMTP server over a small pool of open connections. */
export function smtpMail(url: string, env: MailEnvironment): Mail {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: env.SMTP_CONNECTIONS,
    connectionTimeout: env.SMTP_TIMEOUT_MS,
    greetingTimeout: env.SMTP_TIMEOUT_MS,
    socketTimeout: env.SMTP_TIMEOUT_MS,
    // A letter contains text of customers. It must never make the mailer read a file or a URL.
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

/** A permanent refusal (5xx): a retry within seconds does not help, and it is no sign of an outage. */
const isRefusal = (error: Error): boolean => (error as { permanent?: boolean }).permanent === true;

/** Logs each letter instead of sending a mail. */
function loggedMail(env: MailEnvironment): Mail {
  const log = new Logger('mail');
  return {
    async send(letter) {
      const { to, subject, messageId } = envelopeOf(letter, env);
      log.log({ msg: `SMTP_URL is not set; not sent: to ${to}, "${subject}"`, orderId: letter.orderId, messageId });
    },
  };
}

/** The message id derives from the order, so that mail programs recognise a repeated mail. */
const envelopeOf = ({ kind, orderId, customerId, subject, text }: Letter, env: MailEnvironment) => ({
  from: env.MAIL_FROM ?? `orders@${env.MAIL_DOMAIN}`,
  to: `${customerId ?? 'guest'}@${env.MAIL_DOMAIN}`,
  messageId: `<${kind}.${orderId}@${env.MAIL_DOMAIN}>`,
  subject,
  text,
});

/** Sends by SMTP if `SMTP_URL` is set; otherwise logs. */
export const gateways = (env: MailEnvironment, parts: Pick<Gateways, 'personalData'>): Gateways => ({
  ...parts,
  mail: env.SMTP_URL ? smtpMail(env.SMTP_URL, env) : loggedMail(env),
});
