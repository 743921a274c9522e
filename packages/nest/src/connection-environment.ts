import { SASL_MECHANISMS } from '@quadrille/kafka/security';
import { isSecret, SECRET_EXPECTED, secretsIn } from '@quadrille/personal-data';
import { z } from 'zod';

/** The format of a database variable, as half a sentence. */
const POSTGRES_URL_EXPECTED = 'a PostgreSQL URL such as postgres://user:password@host:5432/database';

/** Whether a text is the URL of a PostgreSQL database. */
function isPostgresUrl(text: string): boolean {
  try {
    const { protocol, hostname, pathname } = new URL(text);
    return /^postgres(ql)?:$/.test(protocol) && hostname !== '' && pathname.length > 1;
  } catch {
    return false;
  }
}

/** The URL of a database of PostgreSQL, with role and password. */
export const postgresUrl = z.string({ error: POSTGRES_URL_EXPECTED }).refine(isPostgresUrl, POSTGRES_URL_EXPECTED);

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

/** The variables of services that encrypt or open personal data. */
export const personalDataEnvironment = {
  /** The database of the keys of personal data, for services that encrypt or open them; or in the file of `PERSONAL_DATA_DATABASE_URL_FILE`. */
  PERSONAL_DATA_DATABASE_URL: postgresUrl.optional(),
  /** The secret that the keys are encrypted with, the same in all these services; or in the file of `PERSONAL_DATA_KEY_FILE`. */
  PERSONAL_DATA_KEY: z.string().refine(isSecret, SECRET_EXPECTED).optional(),
  /** Earlier secrets, comma-separated, until `npx quadrille rewrap` has replaced them; or in the file of `PERSONAL_DATA_OLD_KEYS_FILE`. */
  PERSONAL_DATA_OLD_KEYS: z
    .string()
    .transform(secretsIn)
    .refine((secrets) => secrets.every(isSecret), `secrets with commas between, each of ${SECRET_EXPECTED}`)
    .default([]),
};
