import { operateCommands } from '@quadrille/operate';
import type { Command } from 'commander';

/** By its path: the lab is no library, and only a build that has it needs it. */
const LAB = new URL('../../lab/dist/commands.js', import.meta.url).href;

/** The commands for the shop; `name`: the one that is run, if any. */
export async function shopCommands(name: string | undefined): Promise<readonly Command[]> {
  const isAmong = (commands: readonly Command[]) => commands.some((command) => command.name() === name);
  // The provers carry all services along, which takes a second to load: whoever operates does not wait for that.
  const proofCommands = isAmong(operateCommands) ? [] : (await import('@quadrille/proof/commands')).proofCommands;
  const isKnown = isAmong(operateCommands) || isAmong(proofCommands);
  const labCommands: Command[] = isKnown ? [] : [(await import(LAB)).labCommand];
  return [...operateCommands, ...proofCommands, ...labCommands];
}
