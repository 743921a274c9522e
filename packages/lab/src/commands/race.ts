import { Command } from 'commander';
import { PROTOCOLS } from '../protocols/all.js';
import { expiryOption, protocolAmong, wholeNumber } from './options.js';
import type { Race } from './race-rounds.js';
import { progress } from './run-cell.js';

interface Options {
  readonly rounds: number;
  readonly expiry: number;
  readonly json?: true;
}

/** Of these, the control oversells dozens. */
const ROUNDS = 200;

/** `quadrille lab race PROTOCOL`: in each round two customers order the last two pieces at once. */
export const raceCommand = new Command('race')
  .description('let two customers race for the last two pieces, round after round')
  .argument('<protocol>', 'its name, or all', protocolAmong([...PROTOCOLS, 'all']))
  .option('--rounds <n>', 'number of rounds, each with a SKU of its own', wholeNumber(1, 1_000), ROUNDS)
  .addOption(expiryOption())
  .option('--json', 'print the counts as JSON')
  .action(async (protocol: string, { rounds, expiry, json }: Options) => {
    const { raceBy } = await import('./race-rounds.js');
    const print = progress();
    const races: Race[] = [];
    for (const name of protocol === 'all' ? PROTOCOLS : [protocol]) {
      const race = await raceBy(name, rounds, expiry, print);
      races.push(race);
      if (!json) console.log(format(race));
    }
    if (json) console.log(JSON.stringify(protocol === 'all' ? races : races[0], null, 2));
    const unmet = races.flatMap(({ protocol, oversold, split }) => wrongIn(protocol, oversold + split, rounds));
    for (const each of unmet) console.error(each);
    process.exitCode = unmet.length === 0 ? 0 : 1;
  });

/** Protocols that sell the last pieces twice, or complete orders without goods. */
const OVERSELLS: ReadonlySet<string> = new Set(['unprotected', '0.5PS']);
/** So many races show it for certain. */
const ENOUGH_ROUNDS = 20;

function wrongIn(protocol: string, wrong: number, rounds: number): string[] {
  if (protocol === '3PS-unordered') return [];
  if (!OVERSELLS.has(protocol)) return wrong > 0 ? [`${protocol}: not as expected, ${wrong} races went wrong`] : [];
  return wrong === 0 && rounds >= ENOUGH_ROUNDS ? [`${protocol}: not as expected, every race had one winner`] : [];
}

const format = ({ protocol, ...counts }: Race): string =>
  `${protocol.padEnd(20)} ${Object.entries(counts)
    .map(([name, n]) => `${name} ${n}`)
    .join(' · ')}`;
