import { type Choreography, endings, eventsOf, servicesOf, type Violation, verify } from '@quadrille/choreography';
import { Command } from 'commander';

/** The findings about a table: its counts if it is sound, else its faults. */
export interface Verified {
  readonly rows: number;
  readonly events: number;
  readonly services: number;
  /** The number of paths of the saga; absent if the table is broken. */
  readonly endings?: number;
  readonly faults: readonly Violation[];
}

/** Verifies a table and counts its rows, events, services and endings. */
export function verified(choreography: Choreography): Verified {
  const faults = verify(choreography);
  return {
    rows: Object.keys(choreography.rows).length,
    events: eventsOf(choreography.rows).length,
    services: servicesOf(choreography.rows).length,
    ...(faults.length === 0 && { endings: endings(choreography).length }),
    faults,
  };
}

/** The findings as text. */
export function inWords({ rows, events, services, endings, faults }: Verified): string {
  const table = `${rows} rows, ${events} events, ${services} services`;
  if (faults.length === 0) return `✓ The table is sound: ${table}, ${endings} endings.`;
  return [`✗ The table breaks ${faults.length} of its rules (${table}).`, ...faults.map(faultInWords)].join('\n\n');
}

const faultInWords = ({ rule, rows, explanation, path }: Violation): string =>
  [
    `${rule}${rows.length > 0 ? ` · ${rows.join(', ')}` : ''}`,
    `  ${explanation}`,
    ...(path ? [`  for example: ${path.join(' → ')}`] : []),
  ].join('\n');

/** `quadrille verify`: checks whether a table is sound. */
export const verifyCommandOf = (read: () => Promise<Choreography>): Command =>
  new Command('verify')
    .description('check the table before anything runs')
    .option('--json', 'print the findings as JSON')
    .action(async ({ json }: { readonly json?: true }) => {
      const found = verified(await read());
      console.log(json ? JSON.stringify(found, null, 2) : inWords(found));
      process.exitCode = found.faults.length === 0 ? 0 : 1;
    });
