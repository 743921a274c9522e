import { z } from 'zod';

/** What the notification service reads from the environment beside what every service reads. */
export const mailEnvironment = {
  /** `smtp://user:password@host:587` or `smtps://…:465`. Without it mails are logged, not sent. */
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^\s/]+/, 'an SMTP URL such as smtp://user:password@host:587')
    .optional(),
  /** Of one attempt to hand a mail over. */
  SMTP_TIMEOUT_MS: z.coerce.number().int().min(100).max(120_000).default(5_000),
  /** Connections to the mail server, at most; so many mails are handed over at once. */
  SMTP_CONNECTIONS: z.coerce.number().int().min(1).max(100).default(5),
  /** How long nobody tries after the mail server failed several times in a row. */
  SMTP_HALF_OPEN_AFTER_MS: z.coerce.number().int().min(100).max(600_000).default(10_000),
  /** The contracts hold no mail address: customers are written to at `<customerId>@MAIL_DOMAIN`, guests at `guest@MAIL_DOMAIN`. */
  MAIL_DOMAIN: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i, 'a domain such as example.com')
    .default('example.com'),
  /** The sender; `orders@MAIL_DOMAIN` when it is not set. */
  MAIL_FROM: z.string().min(3).max(320).optional(),
  /** How long it is kept which mails were sent. */
  NOTIFICATION_RETENTION_DAYS: z.coerce.number().int().min(1).max(3_650).default(365),
};

export type MailEnvironment = z.infer<z.ZodObject<typeof mailEnvironment>>;
