import { Command } from 'commander';
import { compareCommand } from './commands/compare.js';
import { exploreLabCommand } from './commands/explore.js';
import { interventionsCommand, resolveCommand } from './commands/interventions.js';
import { profileCommand } from './commands/profile.js';
import { raceCommand } from './commands/race.js';
import { runCommand } from './commands/run.js';
import type { Guarantees } from './protocol.js';
import { PROTOCOLS, protocolOf } from './protocols/all.js';
import { figures } from './report/docs.js';
import { weakest } from './report/document.js';

const format = (vector: Guarantees): string =>
  Object.entries(vector)
    .map(([dimension, value]) => `${dimension}: ${value}`)
    .join('; ');

const unknownSentence = (text: string): string =>
  text.startsWith('-')
    ? `unknown option '${text}'`
    : `unknown command '${text}'. Known commands: ${labCommand.commands.map((each) => each.name()).join(', ')}.`;

/**
 * `quadrille lab`: runs other protocols on the same checkout. Without a subcommand it lists them. The commands load servers and services
 * only when they run, because these take a second to load.
 */
export const labCommand = new Command('lab')
  .description('compare the guarantees and costs of other protocols on the same checkout')
  // Without these, commander reports too many arguments.
  .allowExcessArguments()
  .allowUnknownOption()
  .action((_, command: Command) => {
    const [unknown] = command.args;
    if (unknown !== undefined) command.error(`error: ${unknownSentence(unknown)}`);
    const measured = figures();
    for (const name of PROTOCOLS) {
      const { summary, guarantees } = protocolOf(name);
      console.log(`${name}\n  ${summary}\n  claims   ${format(guarantees)}`);
      const runs = measured.filter(({ cell }) => cell === name);
      if (runs.length > 0) console.log(`  measured ${format(weakest(runs))}`);
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
