import { type CommandOptions, type CommandOutcome, Commands } from './commands.js';
import { onceName } from './idempotency.js';
import type { Once } from './input.js';
import { Problem } from './problem.js';
import { requestHash } from './request-hash.js';

/** What this room needs of the runner. */
export interface CommandRunner {
  command(
    step: string,
    data: unknown,
    options: Omit<CommandOptions, 'once'> & { once?: Once },
  ): Promise<CommandOutcome>;
}

const REUSED = 'idempotency-key-reused';

/** Runs commands through the runner, each idempotency key once at a time. */
export class RunCommands extends Commands {
  /** Request hashes by the name of the key they run under. */
  private readonly running = new Map<string, string>();

  constructor(private readonly runner: CommandRunner) {
    super();
  }

  run(step: string, data: unknown, { key, once, traceparent, caller }: CommandOptions): Promise<CommandOutcome> {
    const options = { key, traceparent, caller };
    return once ? this.runOnce(step, data, once, options) : this.runner.command(step, data, options);
  }

  private async runOnce(
    step: string,
    data: unknown,
    asked: NonNullable<CommandOptions['once']>,
    options: Omit<CommandOptions, 'once'>,
  ): Promise<CommandOutcome> {
    const once = { ...asked, requestHash: requestHash(step, asked.request) };
    const name = onceName(once);
    this.refuseWhileRunning(name, once.requestHash);
    this.running.set(name, once.requestHash);
    try {
      const outcome = await this.runner.command(step, data, { ...options, once });
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
    const detail = 'The first request with this Idempotency-Key is still running. Ask again in a moment.';
    throw new Problem(409, 'request-still-running', detail, { retryAfterSeconds: 1 });
  }
}
