import { z } from 'zod';

/** The environment variables of the notification service, in addition to those of every service. */
export const mailEnvironment = {
  /** `smtp://user:password@host:587` or `smtps://…:465`. Without it mails are logged, not sent. */
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^\s/]+/, 'an SMTP URL such as smtp://user:password@host:587')
    .optional(),
  /** Timeout of one attempt to send a mail. */
  SMTP_TIMEOUT_MS: z.coerce.number().int().min(100).max(120_000).default(5_000),
  /** Maximum connections to the mail server, and so maximum concurrent mails. */
  SMTP_CONNECTIONS: z.coerce.number().int().min(1).max(100).default(5),
  /** Time in ms for which the circuit stays open after several consecutive failures of the mail server. */
  SMTP_HALF_OPEN_AFTER_MS: z.coerce.number().int().min(100).max(600_000).default(10_000),
  /** The contracts hold no mail address: customers are addressed as `<customerId>@MAIL_DOMAIN`, guests as `guest@MAIL_DOMAIN`. */
  MAIL_DOMAIN: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i, 'a domain such as example.com')
    .default('example.com'),
  /** The sender; `orders@MAIL_DOMAIN` if it is not set. */
  MAIL_FROM: z.string().min(3).max(320).optional(),
  /** Retention of the notifications, in days. */
  NOTIFICATION_RETENTION_DAYS: z.coerce.number().int().min(1).max(3_650).default(365),
};

export type MailEnvironment = z.infer<z.ZodObject<typeof mailEnvironment>>;
