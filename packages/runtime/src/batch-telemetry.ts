import type { ShedReason } from './admission/admission.js';
import type { Input, Outcome, Unreadable } from './input.js';

/** Observer of a runner for metrics and traces. Without one, the runner makes no calls. */
export interface BatchTelemetry {
  /** Called when a batch begins. */
  begin<Some extends Input | Unreadable>(inputs: readonly Some[]): WatchedBatch<Some>;
  /** Called when a transaction is retried after a conflict. */
  readonly conflict: (error: unknown) => void;
  /** Called when a command is refused before any work on it. */
  readonly shed?: (reason: ShedReason) => void;
  /** Called for a record of another system that is skipped as configured. */
  readonly passedOver?: (topic: string) => void;
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
