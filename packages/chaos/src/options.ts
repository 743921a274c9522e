import { parseArgs } from 'node:util';
import { KINDS, type KindName } from './schedule/kinds.js';

/** What npm run chaos was asked for. */
export interface Asked {
  readonly minutes: number;
  readonly seed: number;
  readonly ratePerSecond: number;
  readonly only: readonly KindName[] | undefined;
  readonly json: boolean;
  readonly logs: boolean;
  readonly help: boolean;
}

export const HELP = `npm run chaos -- [options]

  Starts the whole system on free ports, two instances of each service, and fires orders of every kind at a steady rate, while
  its parts are killed, frozen, cut off and fed garbage. Then mends everything, waits for the last saga, and audits the promises.
  Exit code 1 when one is broken, when an order ends as it must not, or when recovery takes too long.

  --minutes M    how long (2)
  --seed S       what breaks when (1); the same seed breaks the same things at the same moments
  --rate R       orders a second (10)
  --only K,L     of all kinds of faults, only these
  --json         the report as JSON on standard output, what happens on standard error
  --logs         the warnings and errors of the services as well
  --help         this text
`;

const MOST_MINUTES = 1_440;
const MOST_RATE = 1_000;
const MAX_UINT32 = 4_294_967_295;

/** Reads the command line. Throws one sentence about what is wrong with it. */
export function readOptions(args: readonly string[]): Asked {
  const values = parse(args);
  return {
    minutes: number('--minutes', values.minutes, 0.5, MOST_MINUTES),
    seed: whole('--seed', values.seed, MAX_UINT32),
    ratePerSecond: number('--rate', values.rate, 0.1, MOST_RATE),
    only: values.only?.split(',').map(kind),
    json: values.json,
    logs: values.logs,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '2' },
        seed: { type: 'string', default: '1' },
        rate: { type: 'string', default: '10' },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        logs: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    const [what] = (error as Error).message.split(/\. |\n/);
    throw new Error(`${what}: npm run chaos -- --help tells what there is.`);
  }
}

function kind(name: string): KindName {
  if (name in KINDS) return name as KindName;
  throw new Error(`--only names ${name}; the kinds are ${Object.keys(KINDS).join(', ')}.`);
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new Error(`${name} is ${text}; expected a number from ${least} to ${most}.`);
}

function whole(name: string, text: string, most: number): number {
  const value = number(name, text, 0, most);
  if (Number.isInteger(value)) return value;
  throw new Error(`${name} is ${text}; expected a whole number.`);
}
