import { parseArgs } from 'node:util';
import { KINDS, type KindName } from './schedule/kinds.js';

/** The parsed command line of npm run chaos. */
export interface Asked {
  readonly minutes: number;
  readonly seed: number;
  readonly ratePerSecond: number;
  readonly only: readonly KindName[] | undefined;
  readonly secure: boolean;
  readonly json: boolean;
  readonly logs: boolean;
  readonly help: boolean;
}

export const HELP = `npm run chaos -- [options]

  Starts the whole system on free ports, two instances of each service, and places orders of every kind at a fixed rate, while
  processes are killed and paused, networks are cut and invalid messages are published. Then it repairs everything, waits for
  the last saga and audits the promises. Exit code 1 if a promise is broken, an order ends wrongly or recovery takes too long.

  --minutes M    duration in minutes (2)
  --seed S       seed of the schedule (1); the same seed gives the same faults at the same times
  --rate R       orders per second (10)
  --only K,L     inject only these kinds of faults
  --secure       Kafka with TLS, users and ACLs, PostgreSQL with TLS
  --json         print the report as JSON on standard output, progress on standard error
  --logs         also print the warnings and errors of the services
  --help         print this help
`;

const MOST_MINUTES = 1_440;
const MOST_RATE = 1_000;
const MAX_UINT32 = 4_294_967_295;

/** Parses the command line. Throws an error with a one-sentence message. */
export function readOptions(args: readonly string[]): Asked {
  const values = parse(args);
  const only = values.only?.split(',').map(kind);
  if (values.secure && only?.every((each) => each === 'commit-in-doubt'))
    throw new Error(
      'commit-in-doubt cannot be combined with --secure: the proxy cannot recognise an encrypted commit.',
    );
  return {
    minutes: number('--minutes', values.minutes, 0.5, MOST_MINUTES),
    seed: whole('--seed', values.seed, MAX_UINT32),
    ratePerSecond: number('--rate', values.rate, 0.1, MOST_RATE),
    only,
    secure: values.secure,
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
        secure: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        logs: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    const [what] = (error as Error).message.split(/\. |\n/);
    throw new Error(`${what}. See npm run chaos -- --help.`);
  }
}

function kind(name: string): KindName {
  if (name in KINDS) return name as KindName;
  throw new Error(`--only: unknown kind ${name}. Known kinds: ${Object.keys(KINDS).join(', ')}.`);
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
