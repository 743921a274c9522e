import type { HttpSettings } from './application.js';

/** The default HTTP settings. */
export const httpSettings: HttpSettings = {
  BODY_LIMIT_BYTES: 1_048_576,
  ALLOWED_HOSTS: [],
  ADMIN_HOST: '127.0.0.1',
  TRUSTED_PROXIES: [],
  RATE_LIMIT_PER_MINUTE: 1_000_000,
};
