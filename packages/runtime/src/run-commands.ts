import { isInDoubt } from '@quadrille/postgres';
import { type CommandOptions, type CommandOutcome, Commands } from './commands.js';
import { idempotencyKeyName } from './idempotency.js';
import type { IdempotencyKey } from './input.js';
import { Problem } from './problem.js';
import { requestHash } from './request-hash.js';

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
