import type { QuadrilleConfig } from '@quadrille/choreography';
import { operateCommands } from '@quadrille/operate';
import { proofCommands, Unusable } from '@quadrille/proof';
import type { Command } from 'commander';
import { readConfig } from './config/read-config.js';

const NO_CONFIG =
  'There is no quadrille.config.ts here or above: write one with export default defineConfig({ choreography }), or name it with --config.';

/**
 * Returns the commands for a configuration file, which is read once: the standard ones, and those that it adds or replaces.
 * `called`: the word after `quadrille`. Help and completion work without a readable file; in that case each command throws
 * {@link Unusable} when it is called.
 */
export async function commandsFor(file: string | undefined, called: string | undefined): Promise<readonly Command[]> {
  let reading: Promise<QuadrilleConfig> | undefined;
  const read = (): Promise<QuadrilleConfig> => {
    if (file === undefined) throw new Unusable(NO_CONFIG);
    reading ??= readConfig(file);
    return reading;
  };
  const ours = [...proofCommands(async () => read()), ...operateCommands(async () => read())];
  if (file === undefined) return ours;
  const added = await addedBy(read, called?.startsWith('-') ? undefined : called);
  return [...ours.filter((command) => added.every((other) => other.name() !== command.name())), ...added];
}

async function addedBy(read: () => Promise<QuadrilleConfig>, name: string | undefined): Promise<readonly Command[]> {
  try {
    const { commands } = await read();
    return ((await commands?.(name)) ?? []) as readonly Command[];
  } catch (error) {
    if (error instanceof Unusable) return [];
    throw error;
  }
}
