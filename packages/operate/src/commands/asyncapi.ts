import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { asyncApiOfShop } from '../derived.js';
import { printJson } from '../terminal/acting.js';

/** `quadrille asyncapi`: the document of all events, as `docs/generated/asyncapi.json` has it. */
export const asyncapiCommand = new Command('asyncapi')
  .description('print the AsyncAPI 3 document of all events (JSON)')
  .option('--json', 'it is JSON in any case')
  .action(() => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    printJson(asyncApiOfShop(version));
  });
