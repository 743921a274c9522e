import type { Envelope, Rejection } from '@quadrille/choreography';
import { isInDoubt } from '@quadrille/postgres';
import { idempotencyKeyName, requestHash } from './idempotency.js';
import type { IdempotencyKey } from './input.js';
import { Problem } from './problem.js';

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

/** The required part of the runner. */
export interface CommandRunner {
  command(
    step: string,
    data: unknown,
    options: Omit<CommandOptions, 'idempotencyKey'> & { once?: IdempotencyKey },
  ): Promise<CommandOutcome>;
}

/** Problem code for a commit that was not answered. */
const OUTCOME_UNKNOWN = 'outcome-unknown';
const REUSED = 'idempotency-key-reused';

/** Runs commands through the runner; each idempotency key runs once at a time. */
export class RunCommands extends Commands {
  /** Request hashes by the name of their idempotency key. */
  private readonly running = new Map<string, string>();

  constructor(private readonly runner: CommandRunner) {
    super();
  }

  run(
    step: string,
    data: unknown,
    { key, idempotencyKey, traceparent, caller }: CommandOptions,
  ): Promise<CommandOutcome> {
    const options = { key, traceparent, caller };
    return idempotencyKey ? this.runOnce(step, data, idempotencyKey, options) : this.runWithoutKey(step, data, options);
  }

  /** A caller without a key cannot safely retry when the result is unknown. */
  private async runWithoutKey(step: string, data: unknown, options: Omit<CommandOptions, 'idempotencyKey'>) {
    try {
      return await this.runner.command(step, data, options);
    } catch (error) {
      if (!isInDoubt(error)) throw error;
      const detail = `The outcome is unknown: check ${options.key} before you retry. With an Idempotency-Key a retry is safe.`;
      // Not 503: clients and proxies retry that automatically.
      throw new Problem(500, OUTCOME_UNKNOWN, detail, { cause: error });
    }
  }

  private async runOnce(
    step: string,
    data: unknown,
    request: NonNullable<CommandOptions['idempotencyKey']>,
    options: Omit<CommandOptions, 'idempotencyKey'>,
  ): Promise<CommandOutcome> {
    const idempotencyKey = { ...request, requestHash: requestHash(step, request.request) };
    const name = idempotencyKeyName(idempotencyKey);
    this.refuseWhileRunning(name, idempotencyKey.requestHash);
    this.running.set(name, idempotencyKey.requestHash);
    try {
      const outcome = await this.runner.command(step, data, { ...options, once: idempotencyKey });
      if ('refused' in outcome && outcome.refused.refused === REUSED) {
        throw new Problem(422, REUSED, outcome.refused.detail);
      }
      return outcome;
    } finally {
      this.running.delete(name);
    }
  }

  private refuseWhileRunning(name: string, hash: string): void {
    const running = this.running.get(name);
    if (running === undefined) return;
    if (running !== hash) {
      const detail = 'This Idempotency-Key was used for another request. Use a new key for a new request.';
      throw new Problem(422, REUSED, detail);
    }
    const detail = 'The first request with this Idempotency-Key is still running. Retry in a moment.';
    throw new Problem(409, 'request-still-running', detail, { retryAfterSeconds: 1 });
  }
}
