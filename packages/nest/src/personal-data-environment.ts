import { isSecret, SECRET_EXPECTED, secretsIn } from '@quadrille/personal-data';
import { z } from 'zod';
import { isPostgresUrl, POSTGRES_URL_EXPECTED } from './postgres-url.js';

/** The variables of services that encrypt or open personal data. */
export const personalDataEnvironment = {
  /** The database of the keys of personal data, for services that encrypt or open them; or in the file of `PERSONAL_DATA_DATABASE_URL_FILE`. */
  PERSONAL_DATA_DATABASE_URL: z.string().refine(isPostgresUrl, POSTGRES_URL_EXPECTED).optional(),
  /** The secret that the keys are encrypted with, the same in all these services; or in the file of `PERSONAL_DATA_KEY_FILE`. */
  PERSONAL_DATA_KEY: z.string().refine(isSecret, SECRET_EXPECTED).optional(),
  /** Earlier secrets, comma-separated, until `npx quadrille rewrap` has replaced them; or in the file of `PERSONAL_DATA_OLD_KEYS_FILE`. */
  PERSONAL_DATA_OLD_KEYS: z
    .string()
    .transform(secretsIn)
    .refine((secrets) => secrets.every(isSecret), `secrets with commas between, each of ${SECRET_EXPECTED}`)
    .default([]),
};
