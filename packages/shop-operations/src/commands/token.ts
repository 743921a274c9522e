import { demoToken } from '@quadrille/load';
import { acting, Refusal } from '@quadrille/operate/terminal/acting';
import { Command } from 'commander';
import { identityProviderOf, runningOption } from '../endpoints/endpoints.js';

interface Options {
  readonly as: string;
  readonly running?: string;
}

/** `quadrille token`: a token for `QUADRILLE_TOKEN`, which the other commands send. */
export const tokenCommand = new Command('token')
  .description('print an access token of the demonstration’s identity provider (npm start -- --sign-in)')
  .requiredOption('--as <person>', 'operator, ada, grace or bob')
  .addOption(runningOption())
  .action(
    acting(async ({ as, running }: Options) => {
      const url = identityProviderOf(running, process.env);
      const token = await demoToken(url, as).catch((error: Error) => {
        throw new Refusal(
          `${error.message} Start it with npm start -- --sign-in, or set its address with IDENTITY_PROVIDER_URL.`,
        );
      });
      console.log(token);
    }),
  );
