import { type Choreography, mermaid, table } from '@quadrille/choreography';
import { Command } from 'commander';
import { printJson } from '../terminal/acting.js';

/** `quadrille diagram`: a choreography as a picture or a table. */
export const diagramCommandOf = (read: () => Promise<Choreography>): Command =>
  new Command('diagram')
    .description('print the choreography as a mermaid flowchart')
    .option('--table', 'print it as a Markdown table instead')
    .option('--json', 'print both as JSON')
    .action(async ({ table: wanted, json }: { readonly table?: true; readonly json?: true }) => {
      const choreography = await read();
      if (json) printJson({ mermaid: mermaid(choreography), table: table(choreography) });
      else process.stdout.write(wanted ? table(choreography) : mermaid(choreography));
    });

/** `quadrille asyncapi`: the document of all events. */
export const asyncapiCommandOf = (read: () => Promise<Record<string, unknown>>): Command =>
  new Command('asyncapi')
    .description('print the AsyncAPI 3 document of all events (JSON)')
    .option('--json', 'it is JSON in any case')
    .action(async () => printJson(await read()));
