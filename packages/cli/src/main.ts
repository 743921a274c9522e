import tab from '@bomb.sh/tab/commander';
import { Unusable } from '@quadrille/proof';
import { Command, CommanderError } from 'commander';
import { commandsFor } from './commands-for.js';
import { findConfig } from './config/find-config.js';
import { guardOutput } from './output.js';

/** What shells see when a command was called in a way it cannot be called, or could not do it; 1 is for what a command found. */
const UNUSABLE = 2;

guardOutput();

const commands = await commandsFor(findConfig(process.argv.slice(2), process.cwd()), process.argv[2]);

const program = new Command('quadrille')
  .description('Prove what a choreography does, and look after the system that runs it.')
  .option('--config <file>', 'the quadrille.config.ts of your choreography, if it is not in this folder or above')
  .addHelpText(
    'after',
    '\nExit codes: 0 all is well, 1 something was found, 2 it could not be asked that way, or nobody answers.',
  );
for (const command of commands) program.addCommand(command);
// What it adds has further commands within, which are as the program was before.
leaveWith(program);
// Adds `complete`, which prints the script of a shell and answers what the shell asks.
tab(program);
program.commands
  .find((command) => command.name() === 'complete')
  ?.description('print what makes a shell complete these commands: bash, zsh, fish or powershell');
leaveWith(program);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = codeOf(error);
}

/** Commander has said what is wrong, or what there is. Nothing is cut off: what is written is still on its way. */
function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : UNUSABLE;
  console.error(error instanceof Unusable ? error.message : error);
  return UNUSABLE;
}

/** The same for all commands: what is set for the program does not reach commands that were made elsewhere. */
function leaveWith(command: Command): void {
  command.showHelpAfterError('(--help tells what there is)').exitOverride();
  command.commands.forEach(leaveWith);
}
