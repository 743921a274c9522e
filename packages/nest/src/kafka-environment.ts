import { SASL_MECHANISMS } from '@quadrille/kafka/security';
import { z } from 'zod';

/** A path, an address or a secret: validated together with the others. */
const text = z.string().optional();

/** The environment variables of a restricted cluster, and of its topics. */
export const kafkaEnvironment = {
  /** Uses TLS with the brokers. */
  KAFKA_TLS: z
    .string()
    .regex(/^(1|0|true|false|yes|no|on|off)$/i, '1 or 0')
    .optional(),
  /** PEM file of the authority that signed the brokers' certificates; without it, those of Node.js. */
  KAFKA_TLS_CA_FILE: text,
  /** PEM files of the service's certificate, and of its key. */
  KAFKA_TLS_CERT_FILE: text,
  KAFKA_TLS_KEY_FILE: text,
  /** The login mechanism; without it, no login. */
  KAFKA_SASL_MECHANISM: z
    .string()
    .refine(
      (given) => SASL_MECHANISMS.some((one) => one === given.toLowerCase()),
      `one of ${SASL_MECHANISMS.join(', ')}`,
    )
    .optional(),
  KAFKA_SASL_USERNAME: text,
  KAFKA_SASL_PASSWORD: text,
  /** Read at each login, so that a rotated password is used without a restart. */
  KAFKA_SASL_PASSWORD_FILE: text,
  /** With oauthbearer: the token endpoint for the service's own credentials. Over https, except for PLAIN_HTTP_HOSTS. */
  KAFKA_SASL_TOKEN_URL: text,
  KAFKA_SASL_CLIENT_ID: text,
  KAFKA_SASL_CLIENT_SECRET: text,
  KAFKA_SASL_CLIENT_SECRET_FILE: text,
  /** `create`: missing topics are created at the start. `verify`: they must exist. Default: `verify` with SASL, else `create`. */
  TOPICS: z.enum(['create', 'verify'], { error: 'create or verify' }).optional(),
};
