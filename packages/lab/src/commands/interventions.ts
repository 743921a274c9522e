import { Command } from 'commander';

/** `quadrille lab interventions`: lists the orders that the last run left to an operator. */
export const interventionsCommand = new Command('interventions')
  .description('list the orders that the last run left to an operator')
  .option('--json', 'print them as JSON')
  .action(async (options: { readonly json?: true }) => {
    const { listInterventions } = await import('./last-run.js');
    await listInterventions(options);
  });

/** `quadrille lab resolve TX`: confirms an order, or cancels it if a reservation has expired. */
export const resolveCommand = new Command('resolve')
  .description('confirm or cancel an order left to an operator in all services')
  .argument('<tx>', 'the transaction id that interventions prints')
  .option('--cancel', 'run the cancelling step of each service')
  .option('--confirm', 'run the confirming step of each service')
  .option('--json', 'print the states after that as JSON')
  .action(async (tx: string, { cancel, confirm, json }: Resolving, command: Command) => {
    if (Boolean(cancel) === Boolean(confirm)) command.error('Give --confirm or --cancel, and not both.');
    const { resolveIntervention } = await import('./last-run.js');
    await resolveIntervention(tx, confirm ? 'confirm' : 'cancel', json);
  });

type Resolving = { readonly [option in 'cancel' | 'confirm' | 'json']?: true };
