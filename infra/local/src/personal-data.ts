import { KEYS_DATABASE, type ServiceName, WITH_KEYS } from '@quadrille/contracts';
import type { LocalPostgres } from './postgres.js';
import { servicePasswords } from './service-passwords.js';

/** The secret that wraps the keys, stored next to the passwords. */
const SECRET = 'personal-data-key';

/** The environment variables of the services that seal or open personal data. */
export interface PersonalDataVariables {
  readonly PERSONAL_DATA_DATABASE_URL: string;
  readonly PERSONAL_DATA_KEY: string;
}

/** Creates the database of the keys, and at the first start the secret that wraps them. */
export async function createKeysDatabase(
  postgres: Pick<LocalPostgres, 'createService'>,
  dataDir: string,
): Promise<PersonalDataVariables> {
  const { [KEYS_DATABASE]: password, [SECRET]: secret } = servicePasswords(dataDir, [KEYS_DATABASE, SECRET]);
  return {
    PERSONAL_DATA_DATABASE_URL: await postgres.createService(KEYS_DATABASE, password!),
    PERSONAL_DATA_KEY: secret!,
  };
}

export const variablesFor = (name: ServiceName, variables: PersonalDataVariables): Partial<PersonalDataVariables> =>
  WITH_KEYS.includes(name) ? variables : {};
