export { CallerGone, type Waiting } from './admission/submission-queue.js';
export { UnitOfWork } from './batch/unit-of-work.js';
export type { BatchTelemetry, WatchedBatch } from './batch-telemetry.js';
export { type CommandOptions, type CommandOutcome, Commands, type Waiter } from './commands.js';
export { answerText } from './gateways/answer-text.js';
export {
  GatewayUnavailable,
  HTTP_RESILIENCE,
  policiesOfThisProcess,
  type ResilienceLimits,
  type ResiliencePolicy,
  type ResilienceState,
  resilient,
} from './gateways/resilience.js';
export { idNamed, newId, timeOfId } from './ids.js';
export { BLOCKED, DUPLICATE, type EventInput, type Input, type Outcome, REPLAYED, type Unreadable } from './input.js';
export { LogThrottle } from './log-throttle.js';
export { migrate, NewerSchema } from './migrate.js';
export { migrationsOf, runnerMigrations } from './migrations.js';
export { DeadLetters } from './parked/dead-letters.js';
export { OutboxDeadLetters } from './parked/outbox-dead-letters.js';
export { ParkedRecords } from './parked/parked-records.js';
export { PollingLoop } from './polling-loop.js';
export { Problem } from './problem.js';
export { applyRecords, type ReadModel } from './projection/apply-records.js';
export type { Projection, ReadObserver } from './projection/projection.js';
export { requestHash } from './request-hash.js';
export { purgeIdempotencyKeys, purgeOlder, Retention } from './retention.js';
export { RunCommands } from './run-commands.js';
export { Runner } from './runner.js';
export type { RunnerLimits, RunnerOptions } from './runner-options.js';
export {
  type ActiveSagas,
  bindStore,
  type RuntimeDefinition,
  type SagaWatch,
  type StoreBinding,
} from './runtime-definition.js';
export { traceIdOf } from './trace-id.js';
export { WorkHealth, type WorkState } from './work-health.js';
export { Workload, type WorkloadFacts } from './workload.js';
