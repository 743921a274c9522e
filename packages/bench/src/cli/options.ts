import { parseArgs } from 'node:util';

/** The parsed command line of npm run bench. */
export interface BenchOptions {
  /** In the order of execution. */
  readonly cases: readonly string[];
  readonly sides: readonly Side[];
  /** Small numbers: checks that everything works, without valid figures. */
  readonly quick: boolean;
  readonly orders: number | undefined;
  readonly runs: number | undefined;
  readonly json: string | undefined;
  readonly writeDocs: boolean;
  readonly help: boolean;
}

export type Side = 'quadrille' | 'baseline';
const SIDES: readonly Side[] = ['quadrille', 'baseline'];

const MOST_ORDERS = 1_000_000;
const MOST_RUNS = 20;

/** The help text; `cases` are pairs of name and description. */
export const help = (cases: readonly (readonly [string, string])[]): string => `npm run bench [-- options]

  Starts new processes, databases and topics for every run, warms up, measures, and audits the promises at the end:
  a run that broke a promise is invalid.

  --case NAME        run only this case; repeatable
  --orders N         orders per run, if the case is configurable
  --runs N           runs per side
  --side NAME        measure only quadrille or only baseline; repeatable
  --quick            small numbers: checks that everything works, without valid figures
  --json FILE        also write {machine, cases} as JSON
  --write-docs       write docs/generated/benchmarks.json and docs/benchmarks.md
  --help             print this help

  Cases:
${cases.map(([name, about]) => `  ${name.padEnd(18)} ${about}`).join('\n')}

  Kafka is a local JVM unless QUADRILLE_KAFKA=docker or KAFKA_BROKERS is set; the CPU of the broker is measured only for a local JVM.
`;

/** The command that repeats the measurement of this case. */
export function commandOf(name: string, { sides, quick, orders, runs }: BenchOptions): string {
  const options = [
    ...(sides.length < SIDES.length ? sides.map((side) => `--side ${side}`) : []),
    ...(quick ? ['--quick'] : []),
    ...(orders === undefined ? [] : [`--orders ${orders}`]),
    ...(runs === undefined ? [] : [`--runs ${runs}`]),
  ];
  return ['npm run bench -- --case', name, ...options].join(' ');
}

/** Parses the command line. Throws an error with a one-sentence message. */
export function readOptions(args: readonly string[], known: readonly string[]): BenchOptions {
  const values = parse(args);
  const cases = values.case ?? [];
  for (const name of cases) demandOneOf('--case', name, known);
  for (const name of values.side ?? []) demandOneOf('--side', name, SIDES);
  if (values.json === '') throw new Error('--json needs the name of a file.');
  if (values.quick && values['write-docs']) throw new Error('--write-docs cannot be combined with --quick.');
  return {
    cases: cases.length === 0 ? known : known.filter((name) => cases.includes(name)),
    sides: values.side ? SIDES.filter((side) => values.side!.includes(side)) : SIDES,
    quick: values.quick,
    orders: whole('--orders', values.orders, MOST_ORDERS),
    runs: whole('--runs', values.runs, MOST_RUNS),
    json: values.json,
    writeDocs: values['write-docs'],
    help: values.help,
  };
}

function demandOneOf(option: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) throw new Error(`${option} is ${value}; expected one of ${known.join(', ')}.`);
}

function whole(option: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`${option} is ${JSON.stringify(text)}; expected a whole number from 1 to ${most}.`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        case: { type: 'string', multiple: true },
        side: { type: 'string', multiple: true },
        quick: { type: 'boolean', default: false },
        orders: { type: 'string' },
        runs: { type: 'string' },
        json: { type: 'string' },
        'write-docs': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    // The rest of Node's message is generic advice.
    const [what] = (error as Error).message.split(/\. |\n/);
    throw new Error(`${what}. See npm run bench -- --help.`);
  }
}
