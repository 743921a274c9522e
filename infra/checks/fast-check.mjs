// fast-check as the specs import it: with the same seed in each run, so that a failure belongs to the change under test. The nightly
// run draws new seeds (QUADRILLE_FUZZ_SEED=random).
import fc from '../../node_modules/fast-check/lib/fast-check.js';

const SEED = 20_261_130;
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED });

export * from '../../node_modules/fast-check/lib/fast-check.js';
export default fc;
