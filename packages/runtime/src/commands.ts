import type { Envelope, Rejection } from '@quadrille/choreography';

/** The caller of a command that waits for its answer. */
export interface Waiter {
  /** Size of the request's body in bytes. */
  readonly bytes: number;
  /** Whether the connection is closed: the answer would not be read. */
  readonly isGone: () => boolean;
}

/** Result of a command. `nothing`: a duplicate, or the command changed nothing. */
export type CommandOutcome =
  | { readonly event: Envelope }
  | { readonly refused: Rejection }
  | { readonly nothing: true };

/** Options of a command. */
export interface CommandOptions {
  /** The key of the command's aggregate: the order's id. */
  readonly key: string;
  /** The caller's `Idempotency-Key` header with its owner, and the unparsed body of the request. */
  readonly idempotencyKey?: { readonly owner: string; readonly key: string; readonly request: unknown } | undefined;
  readonly traceparent?: string | undefined;
  /** The waiting caller; see `@Caller()`. */
  readonly caller?: Waiter | undefined;
}

/** Runs command rows: inject it into controllers. Resolves after the commit; concurrent commands share a transaction. */
export abstract class Commands {
  /**
   * Runs the step of a command row with validated data. Throws a problem: 409 while the same idempotency key is running, 422 if
   * the key was used for another request, 503 if the database is unavailable, a needed row is locked or the service is
   * overloaded, 500 `outcome-unknown` if a commit was not answered.
   */
  abstract run(step: string, data: unknown, options: CommandOptions): Promise<CommandOutcome>;
}
