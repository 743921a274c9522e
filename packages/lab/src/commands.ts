import { Command } from 'commander';
import { compareCommand } from './commands/compare.js';
import { exploreLabCommand } from './commands/explore.js';
import { interventionsCommand, resolveCommand } from './commands/interventions.js';
import { profileCommand } from './commands/profile.js';
import { raceCommand } from './commands/race.js';
import { runCommand } from './commands/run.js';
import { PROTOCOLS, protocolOf } from './protocols/all.js';

/** `quadrille lab`: runs other protocols on the same checkout. Without a subcommand it lists them. */
export const labCommand = new Command('lab')
  .description('compare the guarantees and costs of other protocols on the same checkout')
  .action(() => {
    for (const name of PROTOCOLS) {
      const { summary, claims } = protocolOf(name);
      const vector = Object.entries(claims).map(([what, claim]) => `${what}: ${claim}`);
      console.log(`${name}\n  ${summary}\n  claims ${vector.join('; ')}`);
    }
    console.log('choreography\n  The product itself, as shipped.');
  });
for (const command of [
  runCommand,
  exploreLabCommand,
  raceCommand,
  profileCommand,
  compareCommand,
  interventionsCommand,
  resolveCommand,
])
  labCommand.addCommand(command);
