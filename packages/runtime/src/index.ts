export { CallerDisconnected, type Waiting } from './admission/batcher.js';
export { UnitOfWork } from './batch/unit-of-work.js';
export { type CommandOptions, type CommandOutcome, Commands, RunCommands, type Waiter } from './commands.js';
export {
  answerText,
  GatewayUnavailable,
  HTTP_RESILIENCE,
  policiesOfThisProcess,
  type ResilienceLimits,
  type ResiliencePolicy,
  type ResilienceState,
  resilient,
} from './gateways/resilience.js';
export { requestHash } from './idempotency.js';
export { idNamed, newId, timeOfId } from './ids.js';
export { BLOCKED, DUPLICATE, type EventInput, type Input, type Outcome, REPLAYED, type Unreadable } from './input.js';
export { LogThrottle, traceIdOf } from './log.js';
export { migrate, NewerSchema } from './migrate.js';
export { migrationsOf, runnerMigrations } from './migrations.js';
export { DeadLetters } from './parked/dead-letters.js';
export { OutboxDeadLetters } from './parked/outbox-dead-letters.js';
export { ParkedRecords } from './parked/parked-records.js';
export { PollingLoop } from './polling-loop.js';
export { Problem } from './problem.js';
export { applyRecords, type ReadModel, type ReadObserver } from './projection/apply-records.js';
export { purgeIdempotencyKeys, purgeOlder, Retention } from './retention.js';
export { Runner } from './runner.js';
export type { BatchTelemetry, RunnerLimits, RunnerOptions, WatchedBatch } from './runner-options.js';
export {
  type ActiveSagas,
  bindStore,
  type Projection,
  type RuntimeDefinition,
  type SagaWatch,
  type StoreBinding,
} from './runtime-definition.js';
export { WorkHealth, type WorkState } from './work-health.js';
export { Workload, type WorkloadFacts } from './workload.js';
