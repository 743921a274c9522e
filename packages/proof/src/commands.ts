import type { Command } from 'commander';
import { exploreCommand } from './commands/explore.js';
import { simulateCommand } from './commands/simulate.js';
import { verifyCommand } from './commands/verify.js';

/** What proves, of `npx quadrille`. */
export const proofCommands: readonly Command[] = [verifyCommand, exploreCommand, simulateCommand];
