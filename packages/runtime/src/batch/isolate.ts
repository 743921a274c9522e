import { mayPass, messageOf, type Scope, scopeOf } from '@quadrille/postgres';
import type { Failure, Input, Outcome, Unreadable } from '../input.js';
import type { Answers } from './call-gateways.js';
import { heldAmong } from './held.js';
import type { BatchContext } from './run-batch.js';

type Batch = readonly (Input | Unreadable)[];

/** Runs a batch as one transaction. `hurried`: waits for locks and for faster transactions only a moment. */
export type RunTransaction = (inputs: Batch, answers: Answers, hurried: boolean) => Promise<Outcome[]>;

/**
 * Runs a batch, and where something is wrong with some of its inputs, in more transactions than one: then only those are set aside.
 * Rejects where no input is at fault; what was run before that is durable, and known again when it comes again.
 */
export class Isolation {
  constructor(
    private readonly context: BatchContext,
    private readonly inOne: RunTransaction,
  ) {}

  async run(inputs: Batch, answers: Answers): Promise<Outcome[]> {
    try {
      return await this.inOne(inputs, answers, performance.now() < (hurriedUntil.get(this.context.pool) ?? 0));
    } catch (error) {
      const scope = scopeOf(error);
      if (mayPass(scope)) throw error;
      if (scope !== 'locked') return this.split(inputs, answers, error);
      return this.hurried(inputs, await withoutHeld(this.context, inputs, answers));
    }
  }

  private async hurried(inputs: Batch, answers: Answers): Promise<Outcome[]> {
    try {
      return await this.inOne(inputs, answers, true);
    } catch (error) {
      if (mayPass(scopeOf(error))) throw error;
      return this.split(inputs, answers, error);
    }
  }

  /** Halves the batch until the input at fault stands alone, and sets that one aside. */
  private async split(inputs: Batch, answers: Answers, error: unknown): Promise<Outcome[]> {
    const [only] = inputs;
    if (only && inputs.length === 1) return this.parkOrDeadLetter(only, answers, error);
    const middle = Math.ceil(inputs.length / 2);
    const first = await this.half(inputs.slice(0, middle), answers);
    return [...first, ...(await this.half(inputs.slice(middle), answers))];
  }

  /** Whose half fails must not deny what the other half has done: callers are told each for himself, and only messages come again. */
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
    // Refused again although nothing but the setting aside is left: then it is no fault of this input.
    const answer = answers.get(only);
    if (answer && 'failed' in answer) {
      if (isReported(only)) return [{ failed }];
      throw error;
    }
    return this.hurried([only], new Map([[only, { failed }]]));
  }
}

/** A caller or a clock asks again by itself: that it failed can be told without keeping anything. */
const isReported = ({ from }: Input | Unreadable): boolean => from === 'command' || from === 'clock';

const CODES: Readonly<Record<Scope | 'other', Failure['code']>> = {
  conflict: 'locked',
  locked: 'locked',
  input: 'database',
  connection: 'database',
  database: 'database',
  deployment: 'database',
  other: 'store-failed',
};

/** What went wrong with one input, for whoever keeps or tells it. */
export const failureOf = (thrown: unknown): Failure => ({
  code: CODES[scopeOf(thrown) ?? 'other'],
  cause: messageOf(thrown),
  thrown,
});

/** A row that somebody holds may be needed by many keys: for so long after it was seen, no later batch waits for it as the first one did. */
const HURRIED_FOR_MS = 10_000;
const hurriedUntil = new WeakMap<BatchContext['pool'], number>();

/** The answers, and for inputs that need what somebody holds that they cannot be taken now. */
async function withoutHeld(context: BatchContext, inputs: Batch, answers: Answers): Promise<Answers> {
  const held = await heldAmong(context, inputs, answers);
  if (held.size === 0) return answers;
  hurriedUntil.set(context.pool, performance.now() + HURRIED_FOR_MS);
  const withHeld = new Map(answers);
  for (const [input, failed] of held) withHeld.set(input, { failed });
  return withHeld;
}
