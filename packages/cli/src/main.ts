import { operateCommands } from '@quadrille/operate';
import { proofCommands } from '@quadrille/proof/commands';
import { Command, type CommanderError } from 'commander';

/** What shells see when a command was called in a way it cannot be called; 1 is for what a command found. */
const USAGE = 2;

const program = new Command('quadrille')
  .description('See and prove what the choreography does, and look after the system that dances it.')
  .showHelpAfterError('(--help tells what there is)');
for (const command of [...operateCommands, ...proofCommands]) program.addCommand(command);
leaveWith(program);
await program.parseAsync();

/** Exit codes are the same for all commands; what is set for the program does not reach commands made elsewhere. */
function leaveWith(command: Command): void {
  command.exitOverride(({ exitCode }: CommanderError) => process.exit(exitCode === 0 ? 0 : USAGE));
  command.commands.forEach(leaveWith);
}
