import { Command, InvalidArgumentError } from 'commander';
import { type Simulated, simulate } from '../simulate/simulate.js';

interface Options {
  readonly seed: number;
  readonly seeds: number;
  readonly orders: number;
  readonly json?: true;
}

const MOST_SEEDS = 1_000_000;
const MOST_ORDERS = 100_000;
const TOLD_LINES = 40;
/** How many orders are tried, from few to many, to show what is broken in a small run. */
const FEW_ORDERS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610];

/** `quadrille simulate`: the real runner and steps in memory and virtual time, with faults that follow from a seed. */
export const simulateCommand = new Command('simulate')
  .description('run the system in memory and virtual time, with crashes and outages that follow from the seed')
  .option('--seed <number>', 'what everything follows from', (text) => wholeNumber(text, 0, 2 ** 31 - 1), 1)
  .option('--seeds <count>', 'how many seeds, from that one on', (text) => wholeNumber(text, 1, MOST_SEEDS), 1)
  .option('--orders <count>', 'how many orders', (text) => wholeNumber(text, 1, MOST_ORDERS), 1_000)
  .option('--json', 'print what was found as JSON, a line a seed')
  .action(async ({ seed, seeds, orders, json }: Options) => {
    const began = performance.now();
    let broken = 0;
    for (let each = seed; each < seed + seeds; each++) {
      const simulated = await simulate(each, orders);
      const isBroken = simulated.violations.length > 0;
      if (isBroken) broken++;
      const told = isBroken ? await smallest(simulated) : simulated;
      console.log(json ? JSON.stringify(told) : inWords(told, seeds === 1));
    }
    const seconds = (performance.now() - began) / 1_000;
    const pace = Math.round((60 * seeds * orders) / seconds).toLocaleString('en');
    if (!json)
      console.log(`${broken === 0 ? '✓' : '✗'} ${broken} of ${seeds} seeds broke a promise (${pace} orders a minute)`);
    process.exitCode = broken === 0 ? 0 : 1;
  });

/** The run of the same seed with the fewest orders that still breaks something: it tells the shortest story. */
async function smallest(broken: Simulated): Promise<Simulated> {
  for (const orders of FEW_ORDERS) {
    if (orders >= broken.orders) break;
    const fewer = await simulate(broken.seed, orders);
    if (fewer.violations.length > 0) return fewer;
  }
  return broken;
}

function inWords(simulated: Simulated, inFull: boolean): string {
  const { seed, orders, fingerprint, virtualMs, violations, endings, sometimes, lines } = simulated;
  const facts = `seed ${seed}: ${orders} orders in ${(virtualMs / 1_000).toFixed(1)} s, fingerprint ${fingerprint}`;
  if (violations.length === 0)
    return [`✓ ${facts}`, ...(inFull ? [...counted(endings), ...counted(sometimes)] : [])].join('\n');
  return [
    `✗ ${facts}`,
    ...violations.map(({ promise, explanation }) => `  Broken: ${promise}. ${explanation}`),
    ...lines.slice(-TOLD_LINES).map((line) => `    ${line}`),
    `  Again: npx quadrille simulate --seed ${seed} --orders ${orders}`,
  ].join('\n');
}

const counted = (counts: Readonly<Record<string, number>>): string[] => [
  '',
  ...Object.entries(counts).map(([what, count]) => `${String(count).padStart(7)}  ${what}`),
];

function wholeNumber(text: string, least: number, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
}
