import type { QuadrilleConfig } from '@quadrille/choreography';
import type { Command } from 'commander';
import { exploreCommandOf } from './commands/explore-choreography.js';
import { verifyCommandOf } from './commands/verify.js';

export { Unusable } from './choreography/unusable.js';

/** What proves any choreography, of `npx quadrille`. Loads nothing of the shop. */
export const choreographyProofCommands = (read: () => Promise<QuadrilleConfig>): readonly Command[] => [
  verifyCommandOf(async () => (await read()).choreography),
  exploreCommandOf(read),
];
