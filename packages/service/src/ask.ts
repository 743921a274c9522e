import type { Failure, Input } from './input.js';

/** What the outside world answered an input, or why it could not. */
export type Answer = { readonly answer: unknown } | { readonly failed: Failure };

const NOT_ASKED: Answer = { answer: undefined };

/** Asks the outside world for all inputs whose steps want it, at once; how many run together the ports bound themselves. */
export function askAll(inputs: readonly Input[], outside: unknown): Promise<readonly Answer[]> | readonly Answer[] {
  if (!inputs.some(asks)) return inputs.map(() => NOT_ASKED);
  return Promise.all(inputs.map((input) => (asks(input) ? askOne(input, outside) : NOT_ASKED)));
}

const asks = (input: Input): boolean => input.from !== 'extension' && input.step.ask !== undefined;

async function askOne(input: Input, outside: unknown): Promise<Answer> {
  try {
    return { answer: await input.step.ask!(input.heard, outside) };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return { failed: { code: 'outside-unavailable', cause } };
  }
}
