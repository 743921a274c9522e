import type { QuadrilleConfig } from '@quadrille/choreography';
import type { Command } from 'commander';
import { exploreCommandOf } from './commands/explore-choreography.js';
import { simulateCommandOf } from './commands/simulate.js';
import { verifyCommandOf } from './commands/verify.js';

export { Unusable } from './choreography/unusable.js';

/** The commands of `npx quadrille` that prove any choreography. It is read when one of them runs. */
export const proofCommands = (read: () => Promise<QuadrilleConfig>): readonly Command[] => [
  verifyCommandOf(async () => (await read()).choreography),
  exploreCommandOf(read),
  simulateCommandOf(async (seed) => (await import('./choreography/model-of.js')).modelOf(await read(), seed), 'sagas'),
];
