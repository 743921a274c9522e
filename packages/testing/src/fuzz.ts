/** Runs per property in the nightly run; unset, each property has its own number. */
const VARIABLE = 'QUADRILLE_FUZZ_RUNS';
const WHOLE = /^[1-9]\d{0,8}$/;

/**
 * Number of fast-check inputs of a property: `base` on every change, so that the file takes seconds, and at least
 * `QUADRILLE_FUZZ_RUNS` if set. Throws if that is not a whole number.
 */
export function fuzzRuns(base: number, env: NodeJS.ProcessEnv = process.env): number {
  const value = env[VARIABLE];
  if (value === undefined || value === '') return base;
  if (!WHOLE.test(value)) throw new Error(`${VARIABLE} is ${value}; expected a whole number from 1 to 999999999.`);
  return Math.max(base, Number(value));
}
