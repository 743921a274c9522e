import { Command } from 'commander';
import { type Plan, planOf, restricted } from '../simulate/plan.js';
import { shrink } from '../simulate/shrink.js';
import { type Simulated, simulatePlan } from '../simulate/simulate.js';
import { brokenInWords, keptInWords } from './simulation-in-words.js';
import { numbers, wholeNumber } from './whole-number.js';

interface Options {
  readonly seed: number;
  readonly seeds: number;
  readonly orders: number;
  readonly onlyOrders?: readonly number[];
  readonly onlyFaults?: readonly number[];
  readonly shrink: boolean;
  readonly json?: true;
}

const MOST_SEEDS = 1_000_000;
const MOST_ORDERS = 100_000;

/** `quadrille simulate`: the real runner and steps in memory and virtual time, with faults that follow from a seed. */
export const simulateCommand = new Command('simulate')
  .description('run the system in memory and virtual time, with crashes and outages that follow from the seed')
  .option('--seed <number>', 'what everything follows from', (text) => wholeNumber(text, 0, 2 ** 31 - 1), 1)
  .option('--seeds <count>', 'how many seeds, from that one on', (text) => wholeNumber(text, 1, MOST_SEEDS), 1)
  .option('--orders <count>', 'how many orders', (text) => wholeNumber(text, 1, MOST_ORDERS), 1_000)
  .option('--only-orders <numbers>', 'of those, only these, as in 3,17; none but these is placed', numbers)
  .option('--only-faults <numbers>', 'of the faults of the seed, only these; or none', numbers)
  .option('--no-shrink', 'show a broken run as it is, without looking for the smallest that breaks')
  .option('--json', 'print what was found as JSON, a line a seed')
  .action(async (options: Options) => {
    const began = performance.now();
    let broken = 0;
    let placed = 0;
    for (let seed = options.seed; seed < options.seed + options.seeds; seed++) {
      const plan = restricted(planOf(seed, options.orders), options.onlyOrders, options.onlyFaults);
      const simulated = await simulatePlan(plan);
      placed += simulated.orders;
      if (simulated.violations.length > 0) broken++;
      await tell(plan, simulated, options);
    }
    const pace = Math.round(placed / ((performance.now() - began) / 60_000)).toLocaleString('en');
    if (!options.json)
      console.log(
        `${broken === 0 ? '✓' : '✗'} ${broken} of ${options.seeds} seeds broke a promise (${pace} orders a minute)`,
      );
    process.exitCode = broken === 0 ? 0 : 1;
  });

async function tell(plan: Plan, simulated: Simulated, options: Options): Promise<void> {
  if (simulated.violations.length === 0) {
    console.log(options.json ? JSON.stringify(simulated) : keptInWords(simulated, options.seeds === 1));
    return;
  }
  const least = options.shrink ? await shrink(plan) : { plan, simulated };
  console.log(options.json ? JSON.stringify({ ...least.simulated, plan: least.plan }) : brokenInWords(least));
}
