export type { IncomingRecord } from '@quadrille/kafka';
export { ceTypeOf, decodeCloudEvent } from '@quadrille/kafka/cloud-event';
export { answerText } from './answer-text.js';
export { BootProblem } from './boot-problems.js';
export { type CommandOptions, type CommandOutcome, Commands } from './commands.js';
export {
  type ActiveSagas,
  bindStore,
  defineService,
  type RetentionRule,
  type SagaWatch,
  type ServiceDefinition,
  type StoreBinding,
} from './definition.js';
export { type CommonEnvironment, commonEnvironment, readEnvironment } from './environment.js';
export { Caller, type Waiter } from './http/caller.js';
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
