import type { Rejection } from '@quadrille/choreography';
import type { Relay } from '@quadrille/outbox';
import type { Pool } from 'pg';
import type { GateLimits, ShedReason } from './admission/admission.js';
import type { LogOutcomes } from './batch/outcome-log.js';
import type { Input, Outcome, Unreadable } from './input.js';
import type { RuntimeDefinition } from './runtime-definition.js';

/** The part of a relay that a batch uses. */
export type Publisher = Pick<Relay, 'cache' | 'waitingRead' | 'wake'>;

/** Limits of the runner. */
export interface RunnerLimits {
  /** Maximum inputs per transaction. */
  readonly batchMaxInputs: number;
  /** Maximum memory of the inputs of one transaction in bytes, approximately. */
  readonly batchMaxBytes?: number;
  /** Limits of waiting commands. Without it, the queue is unbounded. */
  readonly gate?: GateLimits;
  /** Lifetime of an idempotency key in seconds. */
  readonly idempotencySeconds: number;
  /** Maximum wait of a batch for gateways in ms; a call without an answer by then is retried outside of the batch. */
  readonly callTimeoutMs: number;
  /** Time of a saga before its deadline is due, in seconds; required if the service has a deadline row. */
  readonly deadlineSeconds: number;
  /** Poll interval of due deadlines in ms. */
  readonly deadlinePollMs: number;
  /** Poll interval of due parked messages in ms. */
  readonly redrivePollMs: number;
  /** Maximum keys per redrive. */
  readonly redriveMaxKeys: number;
}

/** The parts and limits of a runner. */
export interface RunnerOptions {
  readonly definition: RuntimeDefinition;
  /** Validated environment, for stores that depend on it. */
  readonly environment?: any;
  readonly pool: Pool;
  readonly gateways: unknown;
  readonly log: LogOutcomes;
  readonly limits: RunnerLimits;
  /** Publishes the events of a batch after its commit. */
  readonly relay?: Publisher;
  readonly telemetry?: BatchTelemetry | undefined;
  /**
   * Encrypts the personal fields of a command by the name of its step, or refuses the command. Returns undefined for a step
   * without such fields.
   */
  readonly sealCommand?: (step: string, data: unknown) => Promise<{ readonly data: unknown } | Rejection> | undefined;
}

/** Observer of a runner for metrics and traces. Without one, the runner makes no calls. */
export interface BatchTelemetry {
  /** Called when a batch begins. */
  begin<Some extends Input | Unreadable>(inputs: readonly Some[]): WatchedBatch<Some>;
  /** Called when a transaction is retried after a conflict. */
  readonly conflict: (error: unknown) => void;
  /** Called when a command is refused before any work on it. */
  readonly shed?: (reason: ShedReason) => void;
  /** Called for a record of another system that is skipped as configured. */
  readonly skipped?: (topic: string) => void;
}

/** A running batch. */
export interface WatchedBatch<Some extends Input | Unreadable> {
  /** The same inputs in the same order, each with the trace context for its emitted events. */
  readonly inputs: readonly Some[];
  /** Called after the commit, with one outcome per input, in order. */
  committed(outcomes: readonly Outcome[]): void;
  /** Called when nothing was committed; the batch can be retried. */
  failed(error: unknown): void;
}
