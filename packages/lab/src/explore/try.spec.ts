import { it } from '@jest/globals';
import { unprotected } from '../protocols/unprotected.js';
import { twoPhaseCommit } from '../protocols/two-phase-commit.js';
import { threePhaseCommit } from '../protocols/three-phase-commit.js';
import { explore } from './explore.js';
const base = { orders: 1, pieces: 1, sharesLog: false, bound: 4000, deaths: 0, cuts: 0, late: 0 };
const cases: [string, any][] = [
  ['unprotected 2', { ...base, protocol: unprotected, orders: 2 }],
  ['unprotected death', { ...base, protocol: unprotected, deaths: 1 }],
  ['2pc none', { ...base, protocol: twoPhaseCommit }],
  ['2pc death', { ...base, protocol: twoPhaseCommit, deaths: 1 }],
  ['2pc death shared', { ...base, protocol: twoPhaseCommit, deaths: 1, sharesLog: true }],
  ['2pc late', { ...base, protocol: twoPhaseCommit, late: 1 }],
  ['2pc 2 orders', { ...base, protocol: twoPhaseCommit, orders: 2 }],
  ['3pc death', { ...base, protocol: threePhaseCommit('abort'), deaths: 1 }],
  ['3pc late', { ...base, protocol: threePhaseCommit('abort'), late: 2 }],
  ['3pc cut', { ...base, protocol: threePhaseCommit('abort'), cuts: 1 }],
  ['3pc skeen late', { ...base, protocol: threePhaseCommit('commit'), late: 2 }],
];
it.each(cases)('%s', async (name, c) => {
  const t = performance.now();
  const e = await explore(c);
  console.log(name, Math.round(performance.now() - t), 'ms', JSON.stringify(e, null, 1));
}, 60_000);
