export type { IncomingRecord } from '@quadrille/kafka';
export { ceTypeOf, decodeCloudEvent } from '@quadrille/kafka/cloud-event';
export {
  insertFresh,
  isoOf,
  momentOf,
  overKeys,
  overRows,
  settleAll,
  utc,
  writeEach,
  writing,
} from '@quadrille/postgres';
export {
  type ActiveSagas,
  answerText,
  bindStore,
  type CommandOptions,
  type CommandOutcome,
  Commands,
  GatewayUnavailable,
  HTTP_RESILIENCE,
  type Input,
  idNamed,
  newId,
  type Outcome,
  Problem,
  type Projection,
  purgeOlder,
  type ResilienceLimits,
  type ResiliencePolicy,
  type ResilienceState,
  type RuntimeDefinition,
  requestHash,
  resilient,
  type SagaWatch,
  type StoreBinding,
  timeOfId,
  type Waiter,
} from '@quadrille/runtime';
export { BootProblem } from './boot-problems.js';
export { defineService, type RetentionRule, type ServiceDefinition } from './definition.js';
export { type CommonEnvironment, commonEnvironment, readEnvironment } from './environment.js';
export { Caller } from './http/caller.js';
export { cursorAt, placeOf } from './http/cursor.js';
export { InvalidInput } from './http/invalid-input.js';
export { addressOf } from './http/rate-limit.js';
export { IdempotencyKey, idempotencyKeyOf, Traceparent, traceparentOf } from './http/request-headers.js';
export { type Access, Customer, OPERATOR_SCOPE, Operator, Public } from './identity/access.js';
export { CurrentPrincipal, mayActFor, type Principal } from './identity/principal.js';
export type { TokenReader, TokenVerifier, Verified } from './identity/token-verifier.js';
export { ENVIRONMENT, GATEWAYS, LOG, PERSONAL_DATA, TOKEN_VERIFIER } from './injected.js';
export { ChoreographyService } from './module/choreography-service.js';
export { entityManagerOf } from './module/entity-manager.js';
export type { FeatureOptions } from './module/feature.js';
export { type HealthIndicatorAnswer, QuadrilleHealthIndicator } from './module/health-indicator.js';
export { Inbox, InboxModule, type InboxTransaction } from './module/inbox.module.js';
export { Once, type OnceOptions } from './module/once.js';
export { Outbox, OutboxModule } from './module/outbox.module.js';
export {
  type QuadrilleAsyncOptions,
  QuadrilleModule,
  type QuadrilleOptions,
  type QuadrilleRootAsyncOptions,
} from './module/quadrille.module.js';
export type { RoutesOptions } from './module/routes.js';
export { Step, type StepOf, type StepTransaction } from './module/step.js';
