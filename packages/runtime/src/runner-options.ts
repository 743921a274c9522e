import type { Pool } from 'pg';
import type { GateLimits } from './admission/gate.js';
import type { LogOutcomes } from './batch/outcome-log.js';
import type { BatchContext } from './batch/run-batch.js';
import type { BatchTelemetry } from './batch-telemetry.js';
import type { RuntimeDefinition } from './runtime-definition.js';

/** Bounds of the runner. */
export interface RunnerLimits {
  /** The most inputs one transaction takes. */
  readonly batchMaxInputs: number;
  /** How much memory the inputs of one transaction take at most, about. */
  readonly batchMaxBytes?: number;
  /** What bounds the commands that wait. Without it all do. */
  readonly gate?: GateLimits;
  /** How long an idempotency key is remembered. */
  readonly idempotencySeconds: number;
  /** How long a batch waits for the outside world; who has no answer by then is asked again apart from the batch. */
  readonly callTimeoutMs: number;
  /** A saga's time before its clock is due; needed where the service has a clock row. */
  readonly deadlineSeconds: number;
  /** How often due clocks are looked for. */
  readonly deadlinePollMs: number;
  /** How often parked messages whose time has come are looked for. */
  readonly redrivePollMs: number;
  /** The most keys one redrive takes. */
  readonly redriveMaxKeys: number;
}

export interface RunnerOptions {
  readonly definition: RuntimeDefinition;
  /** Validated: for stores that the definition makes from it. */
  readonly environment?: any;
  readonly pool: Pool;
  readonly gateways: unknown;
  readonly log: LogOutcomes;
  readonly limits: RunnerLimits;
  /** Called after a commit that appended to the outbox. */
  readonly wakeRelay: () => void;
  /** Given what a batch appended to the outbox, once that is committed: the relay need not read it back. */
  readonly cacheRecords?: BatchContext['cacheRecords'];
  readonly telemetry?: BatchTelemetry | undefined;
}
