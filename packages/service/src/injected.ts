/** Injects what the definition's `outside` made. */
export const OUTSIDE = Symbol('outside');
/** Injects the validated environment. */
export const ENVIRONMENT = Symbol('environment');
/** Injects the service's pino logger. */
export const LOG = Symbol('log');
