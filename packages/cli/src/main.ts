import tab from '@bomb.sh/tab/commander';
import { Unusable } from '@quadrille/proof';
import { Command, CommanderError } from 'commander';
import { commandsFor } from './commands-for.js';
import { findConfig } from './config/find-config.js';
import { guardOutput } from './output.js';

/** Exit code of a command with invalid arguments, or that could not run; 1 means that a command found a problem. */
const UNUSABLE = 2;

guardOutput();

const commands = await commandsFor(findConfig(process.argv.slice(2), process.cwd()), process.argv[2]);

const program = new Command('quadrille')
  .description('Prove a choreography, and operate the system that runs it.')
  .option('--config <file>', 'the quadrille.config.ts of your choreography, if it is not in this folder or above')
  .addHelpText(
    'after',
    '\nExit codes: 0 no problem, 1 a problem was found, 2 invalid use, or no answer from the system.',
  );
for (const command of commands) program.addCommand(command);
// Completion adds subcommands, which inherit these settings only if they are set before and after.
leaveWith(program);
// Adds `complete`, which prints the script of a shell and answers the shell's requests.
tab(program);
program.commands
  .find((command) => command.name() === 'complete')
  ?.description('print the completion script of a shell: bash, zsh, fish or powershell');
leaveWith(program);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = codeOf(error);
}

/** The exit code of an error. Commander has already printed its message. `process.exit` would truncate pending output. */
function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : UNUSABLE;
  console.error(error instanceof Unusable ? error.message : error);
  return UNUSABLE;
}

/** Applies the same settings to all commands: those of the program do not reach commands that were created separately. */
function leaveWith(command: Command): void {
  command.showHelpAfterError('(--help lists commands and options)').exitOverride();
  command.commands.forEach(leaveWith);
}
