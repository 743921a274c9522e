import tab from '@bomb.sh/tab/commander';
import { operateCommands } from '@quadrille/operate';
import { Command, CommanderError } from 'commander';
import { guardOutput } from './output.js';

/** What shells see when a command was called in a way it cannot be called, or could not do it; 1 is for what a command found. */
const UNUSABLE = 2;

guardOutput();

/** The provers carry all services along, which takes a second to load: whoever operates does not wait for that. */
const operates = operateCommands.some((command) => command.name() === process.argv[2]);
const proofCommands = operates ? [] : (await import('@quadrille/proof/commands')).proofCommands;
const proves = proofCommands.some((command) => command.name() === process.argv[2]);
/** By its path: the lab is no library, and only a build that has it needs it. */
const LAB = new URL('../../lab/dist/commands.js', import.meta.url).href;
const labCommands: Command[] = operates || proves ? [] : [(await import(LAB)).labCommand];

const program = new Command('quadrille')
  .description('See and prove what the choreography does, and look after the system that dances it.')
  .addHelpText(
    'after',
    '\nExit codes: 0 all is well, 1 something was found, 2 it could not be asked that way, or nobody answers.',
  );
for (const command of [...operateCommands, ...proofCommands, ...labCommands]) program.addCommand(command);
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
  // Commander has said what is wrong, or what there is. Nothing is cut off: what is written is still on its way.
  const isAnswered = error instanceof CommanderError;
  if (!isAnswered) console.error(error);
  process.exitCode = isAnswered && error.exitCode === 0 ? 0 : UNUSABLE;
}

/** The same for all commands: what is set for the program does not reach commands that were made elsewhere. */
function leaveWith(command: Command): void {
  command.showHelpAfterError('(--help tells what there is)').exitOverride();
  command.commands.forEach(leaveWith);
}
