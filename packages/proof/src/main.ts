import { Command } from 'commander';
import { exploreCommand } from './commands/explore.js';
import { verifyCommand } from './commands/verify.js';

await new Command('quadrille')
  .description('See and prove what the choreography does.')
  .addCommand(verifyCommand)
  .addCommand(exploreCommand)
  .parseAsync();
