import { SASL_MECHANISMS } from '@quadrille/kafka/security';
import { z } from 'zod';

/** A path, an address or a secret: what is in it is looked at when all of them are read. */
const text = z.string().optional();

/** The environment variables of a cluster that is not open to everybody, and of its topics. */
export const kafkaEnvironment = {
  /** Speaks TLS with the brokers. */
  KAFKA_TLS: z
    .string()
    .regex(/^(1|0|true|false|yes|no|on|off)$/i, '1 or 0')
    .optional(),
  /** PEM file of the authority that signed the brokers' certificates; without it, those of Node.js. */
  KAFKA_TLS_CA_FILE: text,
  /** PEM files of the certificate that this service shows, and of its key. */
  KAFKA_TLS_CERT_FILE: text,
  KAFKA_TLS_KEY_FILE: text,
  /** How the service logs in; without it, not at all. */
  KAFKA_SASL_MECHANISM: z
    .string()
    .refine(
      (given) => SASL_MECHANISMS.some((one) => one === given.toLowerCase()),
      `one of ${SASL_MECHANISMS.join(', ')}`,
    )
    .optional(),
  KAFKA_SASL_USERNAME: text,
  KAFKA_SASL_PASSWORD: text,
  /** Read at each login, so that a rotated password is taken without a restart. */
  KAFKA_SASL_PASSWORD_FILE: text,
  /** With oauthbearer: where the service asks for its token by its own credentials. Over https, but for PLAIN_HTTP_HOSTS. */
  KAFKA_SASL_TOKEN_URL: text,
  KAFKA_SASL_CLIENT_ID: text,
  KAFKA_SASL_CLIENT_SECRET: text,
  KAFKA_SASL_CLIENT_SECRET_FILE: text,
  /** `create`: topics that are missing are made at the start. `verify`: they must be there. Without it: `verify` with SASL, else `create`. */
  TOPICS: z.enum(['create', 'verify'], { error: 'create or verify' }).optional(),
};
