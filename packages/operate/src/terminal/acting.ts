/** One sentence for the person at the terminal: what is wrong and what to do. Exit code 2. */
export class Refusal extends Error {}

/** The exit code of what could not be asked that way, or of nobody's answer. */
export const UNUSABLE = 2;

/** A command's action: what it throws becomes one sentence, and the exit code. */
export const acting =
  <Args extends unknown[]>(action: (...args: Args) => Promise<void> | void) =>
  async (...args: Args): Promise<void> => {
    try {
      await action(...args);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      console.error(error.message);
      process.exitCode = UNUSABLE;
    }
  };

/** As a program reads it. */
export const printJson = (value: unknown): void => console.log(JSON.stringify(value, null, 2));
