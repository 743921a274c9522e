import type { Failure, Input } from './input.js';

/** What the outside world answered an input, or why it could not. */
export type Answer = { readonly answer: unknown } | { readonly failed: Failure };

const NOT_ASKED: Answer = { answer: undefined };

/**
 * Asks the outside world for all inputs whose steps want it, at once; how many run together the ports bound themselves.
 * Who has no answer after `patienceMs` counts as unavailable, so that one slow answer does not hold up a whole batch: its key
 * is parked and asked again. Without a patience the ports' own timeouts are the bound.
 */
export async function askAll(
  inputs: readonly Input[],
  outside: unknown,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<readonly Answer[]> {
  if (!inputs.some(asks)) return inputs.map(() => NOT_ASKED);
  const patience = new Patience(patienceMs);
  try {
    return await Promise.all(
      inputs.map((input) => (asks(input) ? Promise.race([askOne(input, outside), patience.over]) : NOT_ASKED)),
    );
  } finally {
    patience.end();
  }
}

const asks = (input: Input): boolean => input.step.ask !== undefined;

async function askOne(input: Input, outside: unknown): Promise<Answer> {
  try {
    return { answer: await input.step.ask!(input.heard, outside) };
  } catch (error) {
    return unavailable(error instanceof Error ? error.message : String(error));
  }
}

const unavailable = (cause: string): Answer => ({ failed: { code: 'outside-unavailable', cause } });

class Patience {
  readonly over: Promise<Answer>;
  private timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.over = new Promise((resolve) => {
      if (Number.isFinite(ms)) this.timer = setTimeout(() => resolve(unavailable(`no answer within ${ms} ms`)), ms);
    });
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
