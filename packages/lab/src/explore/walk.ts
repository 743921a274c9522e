import type { Exploration } from './explore.js';
import { Findings, type Found, type Trace } from './findings.js';
import { InvariantChecker } from './invariants.js';
import { movesOf } from './moves.js';
import { beginning, make } from './run.js';
import { scenarioOf } from './scenario.js';

/** A longer run is a cycle. */
const MAX_MOVES = 300;
/** The probability of preferring a fault: low, so that most runs progress far before one occurs. */
const RARE = 0.08;

/** Random walks with seeded choices, for state spaces too large to visit completely. `toFirst`: stops at the first broken promise. */
export async function walk(
  exploration: Omit<Exploration, 'bound'>,
  walks: number,
  { seed = 1, toFirst = false } = {},
): Promise<Found> {
  const { protocol, orders, pieces, sharesLog } = exploration;
  const scenario = scenarioOf(orders, pieces);
  const findings = new Findings(protocol, new InvariantChecker(scenario));
  const draw = randomBy(seed);
  for (let nth = 0; nth < walks && !(toFirst && findings.all().broken.length > 0); nth++) {
    const world = await beginning(protocol, scenario, sharesLog);
    let trace: Trace = {};
    for (let step = 0; step < MAX_MOVES; step++) {
      const isRareNow = draw() < RARE;
      const { moves } = movesOf(world, exploration);
      const wanted = moves.filter(({ isRare = false }) => isRare === isRareNow);
      const from = wanted.length > 0 ? wanted : moves;
      const move = from[Math.floor(draw() * from.length)];
      if (!move) break;
      await make(world, move);
      trace = { parent: trace, move };
      findings.look(world, trace);
    }
  }
  return findings.all();
}

/** Mulberry32: a deterministic pseudo-random sequence per seed. */
function randomBy(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
