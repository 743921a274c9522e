import type { Envelope, Rejection } from '@quadrille/choreography';

/** The caller of a command, who waits for its answer. */
export interface Waiter {
  /** The size of the request's body. */
  readonly bytes: number;
  /** Whether the connection is gone: then nobody would read the answer. */
  readonly isGone: () => boolean;
}

/** What came of a command. `nothing`: it was followed before, or there was nothing to do. */
export type CommandOutcome = { readonly said: Envelope } | { readonly refused: Rejection } | { readonly nothing: true };

/** How a command is run. */
export interface CommandOptions {
  /** The key of what it is about: the order's id. */
  readonly key: string;
  /** The caller's `Idempotency-Key` header with whom it belongs to, and the request's body as it came. */
  readonly idempotencyKey?: { readonly owner: string; readonly key: string; readonly request: unknown } | undefined;
  readonly traceparent?: string | undefined;
  /** Who waits for the answer; see `@Caller()`. */
  readonly caller?: Waiter | undefined;
}

/**
 * Runs command rows: inject it into controllers. The answer comes after the commit; concurrent commands share a transaction.
 */
export abstract class Commands {
  /**
   * Runs the step of a command row with validated data.
   * Throws a problem 409 while the same idempotency key is still running, 422 when it was used for another request,
   * 503 when the database cannot be used, somebody holds what is needed, or more is asked for than can be carried;
   * 500 `outcome-unknown` when a commit was not answered.
   */
  abstract run(step: string, data: unknown, options: CommandOptions): Promise<CommandOutcome>;
}
