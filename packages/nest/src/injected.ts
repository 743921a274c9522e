/** Injects what the definition's `gateways` made. */
export const GATEWAYS = Symbol('outside');
/** Injects the validated environment. */
export const ENVIRONMENT = Symbol('environment');
/** Injects the service's access to personal data, a `PersonalData`. */
export const PERSONAL_DATA = Symbol('personal-data');
/** Injects the service's pino logger. */
export const LOG = Symbol('log');
/** Injects the verifier of access tokens; undefined where nobody is asked who they are. */
export const TOKEN_VERIFIER = Symbol('token-verifier');
