import type { BenchCase } from './bench-case.js';
import { drainCase } from './drain.js';

/** Everything that is measured, in this order. */
export const CASES: readonly BenchCase[] = [drainCase];
