/** How often the nightly run tries each property; unset, each property says for itself. */
const VARIABLE = 'QUADRILLE_FUZZ_RUNS';
const WHOLE = /^[1-9]\d{0,8}$/;

/**
 * How many inputs fast-check makes for a property: `base` on every change, so that the file stays within its seconds, and at least
 * `QUADRILLE_FUZZ_RUNS` where that is set. Throws where that is no whole number.
 */
export function fuzzRuns(base: number, env: NodeJS.ProcessEnv = process.env): number {
  const said = env[VARIABLE];
  if (said === undefined || said === '') return base;
  if (!WHOLE.test(said)) throw new Error(`${VARIABLE} is ${said}; expected a whole number from 1 to 999999999.`);
  return Math.max(base, Number(said));
}
