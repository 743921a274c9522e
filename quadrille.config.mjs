import { defineConfig } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';

/** The shop, as an example of a choreography: its commands show more than the table, and replace ours of the same name. */
export default defineConfig({
  choreography: checkout,
  async commands(name) {
    if (name === 'verify' || name === 'diagram') return [];
    if (name === 'lab') return [(await import('@quadrille/lab/commands')).labCommand];
    const { operateCommands } = await import('@quadrille/shop-operations');
    const isOf = (commands) => commands.some((command) => command.name() === name);
    // The steps of all services take a second to load, and no command of operators needs them.
    if (isOf(operateCommands)) return operateCommands;
    const { proofCommands } = await import('@quadrille/shop-proof');
    if (isOf(proofCommands)) return [...operateCommands, ...proofCommands];
    const { labCommand } = await import('@quadrille/lab/commands');
    return [...operateCommands, ...proofCommands, labCommand];
  },
});
