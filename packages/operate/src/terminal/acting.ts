/** An error for the terminal: one sentence with the problem and the remedy. Exit code 2. */
export class Refusal extends Error {}

/** The exit code of invalid use, or of a missing answer. */
export const UNUSABLE = 2;

/** Wraps a command's action: a {@link Refusal} is printed as one sentence, and sets the exit code. */
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

/** Prints JSON for programs. */
export const printJson = (value: unknown): void => console.log(JSON.stringify(value, null, 2));
