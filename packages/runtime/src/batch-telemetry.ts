import type { ShedReason } from './admission/admission.js';
import type { Input, Outcome, Unreadable } from './input.js';

/** Who counts and traces what a runner does. Where nobody does, it is absent and costs nothing. */
export interface BatchTelemetry {
  /** A batch begins. */
  begin<Some extends Input | Unreadable>(inputs: readonly Some[]): WatchedBatch<Some>;
  /** A transaction met a faster one, and is run again. */
  readonly conflict: (error: unknown) => void;
  /** A command was turned away before any work for it began. */
  readonly shed?: (reason: ShedReason) => void;
}

/** A batch under way. */
export interface WatchedBatch<Some extends Input | Unreadable> {
  /** The same inputs in the same order, each with the trace context in which what it says is told. */
  readonly inputs: readonly Some[];
  /** All is durable; with what came of each, in their order. */
  committed(outcomes: readonly Outcome[]): void;
  /** Nothing has happened; the batch may come again. */
  failed(error: unknown): void;
}
