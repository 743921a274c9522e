export type { IncomingRecord } from '@quadrille/kafka';
export { ceTypeOf, decodeCloudEvent } from '@quadrille/kafka/cloud-event';
export { allOf } from './all-of.js';
export { answerText } from './answer-text.js';
export { BootProblem } from './boot-problems.js';
export { type CommandOptions, type CommandOutcome, Commands } from './commands.js';
export {
  type ActiveSagas,
  defineService,
  type Kept,
  keep,
  type RetentionRule,
  type SagaWatch,
  type ServiceDefinition,
} from './definition.js';
export { type CommonEnvironment, commonEnvironment, readEnvironment } from './environment.js';
export { Caller, type Waiter } from './http/caller.js';
export { cursorAt, placeOf } from './http/cursor.js';
export { InvalidInput } from './http/invalid-input.js';
export { IdempotencyKey, idempotencyKeyOf, Traceparent, traceparentOf } from './http/request-headers.js';
export { idNamed, newId, timeOfId } from './ids.js';
export { ENVIRONMENT, LOG, OUTSIDE } from './injected.js';
export type { Input, Outcome } from './input.js';
export type { Listening } from './listening.js';
export { momentOf } from './moment-of.js';
export {
  type Guard,
  type GuardLimits,
  type GuardState,
  guarded,
  OutsideUnavailable,
  PATIENT_GUARD,
} from './outside.js';
export { Problem } from './problem.js';
export { requestHash } from './request-hash.js';
export { forgetOlder } from './retention.js';
export { isoOf, utc } from './times.js';
export { insertFresh, writeEach, writing } from './writes.js';
