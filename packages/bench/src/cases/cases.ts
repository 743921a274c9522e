import type { BenchCase } from './bench-case.js';
import { drainCase } from './drain.js';
import { flashSaleCase } from './flash-sale.js';
import { growthCase } from './growth.js';
import { intakeCase } from './intake.js';
import { overloadCase } from './overload.js';
import { partitionsCase } from './partitions.js';
import { personalDataCase } from './personal-data.js';
import { relayCase } from './relay.js';
import { scaleCase } from './scale.js';
import { securedCase } from './secured.js';
import { steadyCase } from './steady.js';

/** All cases, in the order of execution and of the document: latency under low load first, the load of nearly every shop. */
export const CASES: readonly BenchCase[] = [
  steadyCase,
  partitionsCase,
  drainCase,
  intakeCase,
  flashSaleCase,
  relayCase,
  growthCase,
  scaleCase,
  overloadCase,
  securedCase,
  personalDataCase,
];
