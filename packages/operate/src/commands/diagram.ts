import { mermaid, table } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { Command } from 'commander';
import { printJson } from '../terminal/acting.js';

/** `quadrille diagram`: the checkout as a picture or a table. */
export const diagramCommand = new Command('diagram')
  .description('print the choreography as a mermaid flowchart')
  .option('--table', 'print it as a Markdown table instead')
  .option('--json', 'print both as JSON')
  .action(({ table: wanted, json }: { readonly table?: true; readonly json?: true }) => {
    if (json) printJson({ mermaid: mermaid(checkout), table: table(checkout) });
    else process.stdout.write(wanted ? table(checkout) : mermaid(checkout));
  });
