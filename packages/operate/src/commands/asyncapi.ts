import { Command } from 'commander';
import { printJson } from '../terminal/acting.js';

/** `quadrille asyncapi`: the document of all events. */
export const asyncapiCommandOf = (read: () => Promise<Record<string, unknown>>): Command =>
  new Command('asyncapi')
    .description('print the AsyncAPI 3 document of all events (JSON)')
    .option('--json', 'it is JSON in any case')
    .action(async () => printJson(await read()));
