import { choreographyDocumentCommands } from '@quadrille/operate/choreography-commands';
import { choreographyProofCommands, Unusable } from '@quadrille/proof/choreography-commands';
import { Command } from 'commander';
import { readConfig } from './config/read-config.js';

/** The commands that ask a running shop, or know its steps by name. */
const SHOP_ONLY = ['simulate', 'timeline', 'doctor', 'stuck', 'dead-letters', 'audit', 'load', 'lab'];

/** The commands for the choreography of a configuration file, which is read when one of them runs. */
export function choreographyCommands(file: string): Command[] {
  const read = () => readConfig(file);
  return [
    ...choreographyProofCommands(read),
    ...choreographyDocumentCommands(async () => (await read()).choreography),
    ...SHOP_ONLY.map((name) => refused(name, file)),
  ];
}

/** It is there to say that it cannot be used yet. */
function refused(name: string, file: string): Command {
  const command = new Command(name)
    .description('(only for the shop yet)')
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false);
  return command.action(() => {
    throw new Unusable(
      `${name} knows only the shop of the Quadrille repository, not yet the choreography of ${file}: run it outside of that folder.`,
    );
  });
}
