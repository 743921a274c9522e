// Apart from service-module.ts, whose controllers need @nestjs/swagger: an application that only injects these has no need of it.
/** Injects the result of the definition's `gateways`. */
export const GATEWAYS = Symbol('gateways');
/** Injects the validated environment. */
export const ENVIRONMENT = Symbol('environment');
/** Injects the service's access to personal data, a `PersonalData`. */
export const PERSONAL_DATA = Symbol('personal-data');
/** Injects the service's pino logger. */
export const LOG = Symbol('log');
/** Injects the verifier of access tokens; undefined if callers are not authenticated. */
export const TOKEN_VERIFIER = Symbol('token-verifier');
