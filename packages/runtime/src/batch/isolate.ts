import { isTransient, messageOf, type Scope, scopeOf } from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { Answers, Failure, Input, Outcome, Unreadable } from '../input.js';
import { heldAmong, type ProbeContext } from './held.js';

type Batch = readonly (Input | Unreadable)[];

/** Runs a batch as one transaction. `hurried`: with short waits for locks and few retries of conflicts. */
export type RunTransaction = (inputs: Batch, answers: Answers, hurried: boolean) => Promise<Outcome[]>;

/**
 * Runs a batch in one transaction; if some inputs are at fault, in several, and parks only those inputs. Rejects if no input is
 * at fault. Parts committed before that are recognized as duplicates in the retry.
 */
export class Isolation {
  constructor(
    private readonly context: ProbeContext,
    private readonly inOne: RunTransaction,
  ) {}

  async run(inputs: Batch, answers: Answers): Promise<Outcome[]> {
    try {
      return await this.inOne(inputs, answers, performance.now() < (hurriedUntil.get(this.context.pool) ?? 0));
    } catch (error) {
      const scope = scopeOf(error);
      if (isTransient(scope)) throw error;
      if (scope !== 'locked') return this.split(inputs, answers, error);
      return this.hurried(inputs, await withoutHeld(this.context, inputs, answers));
    }
  }

  private async hurried(inputs: Batch, answers: Answers): Promise<Outcome[]> {
    try {
      return await this.inOne(inputs, answers, true);
    } catch (error) {
      if (isTransient(scopeOf(error))) throw error;
      return this.split(inputs, answers, error);
    }
  }

  /** Halves the batch until the input at fault is alone, and parks that input. */
  private async split(inputs: Batch, answers: Answers, error: unknown): Promise<Outcome[]> {
    const [only] = inputs;
    if (only && inputs.length === 1) return this.parkOrDeadLetter(only, answers, error);
    const middle = Math.ceil(inputs.length / 2);
    const first = await this.half(inputs.slice(0, middle), answers);
    return [...first, ...(await this.half(inputs.slice(middle), answers))];
  }

  /**
   * A failing half must not discard the result of the other half: callers get individual results, and only messages are retried.
   */
  private async half(inputs: Batch, answers: Answers): Promise<Outcome[]> {
    try {
      return await this.hurried(inputs, answers);
    } catch (error) {
      if (!inputs.every(isReported)) throw error;
      return inputs.map(() => ({ failed: failureOf(error) }));
    }
  }

  private async parkOrDeadLetter(only: Input | Unreadable, answers: Answers, error: unknown): Promise<Outcome[]> {
    const failed = failureOf(error);
    if (only.from === 'command') return [{ failed }];
    // Refused again with only the parking left to write: this input is not at fault.
    const answer = answers.get(only);
    if (answer && 'failed' in answer) {
      if (isReported(only)) return [{ failed }];
      throw error;
    }
    return this.hurried([only], new Map([[only, { failed }]]));
  }
}

/** A caller or a deadline retries by itself: its failure is reported and needs no row. */
const isReported = ({ from }: Input | Unreadable): boolean => from === 'command' || from === 'deadline';

const CODES: Readonly<Record<Scope | 'other', Failure['code']>> = {
  conflict: 'locked',
  locked: 'locked',
  input: 'database',
  connection: 'database',
  database: 'database',
  deployment: 'database',
  other: 'store-failed',
};

/** Converts an error to the failure of one input. */
export const failureOf = (thrown: unknown): Failure => ({
  code: CODES[scopeOf(thrown) ?? 'other'],
  cause: messageOf(thrown),
  thrown,
});

/** A locked row may be needed by many keys: for this long after a lock was seen, later batches use short timeouts. */
const HURRIED_FOR_MS = 10_000;
const hurriedUntil = new WeakMap<Pool, number>();

/** Returns the answers, with a failure for each input that needs a locked row. */
async function withoutHeld(context: ProbeContext, inputs: Batch, answers: Answers): Promise<Answers> {
  const held = await heldAmong(context, inputs, answers);
  if (held.size === 0) return answers;
  hurriedUntil.set(context.pool, performance.now() + HURRIED_FOR_MS);
  const withHeld = new Map(answers);
  for (const [input, failed] of held) withHeld.set(input, { failed });
  return withHeld;
}
