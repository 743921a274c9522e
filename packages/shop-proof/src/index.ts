import { simulateCommandOf } from '@quadrille/proof/commands/simulate';
import type { Command } from 'commander';
import { exploreCommand } from './commands/explore.js';
import { checkoutModel } from './simulate/checkout-model.js';

/** The commands of `npx quadrille` that prove the checkout. */
export const proofCommands: readonly Command[] = [
  exploreCommand,
  simulateCommandOf(async () => checkoutModel(), 'orders'),
];
