export type { IncomingRecord } from '@quadrille/kafka';
export { ceTypeOf, decodeCloudEvent } from '@quadrille/kafka/cloud-event';
export { answerText } from './answer-text.js';
export { BootProblem } from './boot-problems.js';
export { type CommandOptions, type CommandOutcome, Commands, type Waiter } from './commands.js';
export { defineService, type RetentionRule, type ServiceDefinition } from './definition.js';
export { type CommonEnvironment, commonEnvironment, readEnvironment } from './environment.js';
export { Caller } from './http/caller.js';
export { cursorAt, placeOf } from './http/cursor.js';
export { InvalidInput } from './http/invalid-input.js';
export { IdempotencyKey, idempotencyKeyOf, Traceparent, traceparentOf } from './http/request-headers.js';
export { idNamed, newId, timeOfId } from './ids.js';
export { ENVIRONMENT, GATEWAYS, LOG } from './injected.js';
export type { Input, Outcome } from './input.js';
export { momentOf } from './moment-of.js';
export { Problem } from './problem.js';
export type { Projection } from './projection.js';
export { requestHash } from './request-hash.js';
export {
  GatewayUnavailable,
  HTTP_RESILIENCE,
  type ResilienceLimits,
  type ResiliencePolicy,
  type ResilienceState,
  resilient,
} from './resilience.js';
export { purgeOlder } from './retention.js';
export { settleAll } from './settle-all.js';
export { isoOf, utc } from './times.js';
export { insertFresh, writeEach, writing } from './writes.js';
export { type ActiveSagas, bindStore, type RuntimeDefinition, type SagaWatch, type StoreBinding } from './runtime-definition.js';
