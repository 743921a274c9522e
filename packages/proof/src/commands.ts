import { checkout } from '@quadrille/contracts';
import type { Command } from 'commander';
import { exploreCommand } from './commands/explore.js';
import { simulateCommand } from './commands/simulate.js';
import { verifyCommandOf } from './commands/verify.js';

/** What proves the checkout, of `npx quadrille`. */
export const proofCommands: readonly Command[] = [
  verifyCommandOf(async () => checkout),
  exploreCommand,
  simulateCommand,
];
