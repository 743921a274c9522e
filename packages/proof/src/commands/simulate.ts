import { Command } from 'commander';
import type { SimulatedModel } from '../simulate/model.js';
import type { Plan } from '../simulate/plan.js';
import type { Noun } from '../simulate/shrink.js';
import type { Simulated } from '../simulate/simulate.js';
import { numbers, wholeNumber } from './options.js';

interface Options {
  readonly seed: number;
  readonly seeds: number;
  readonly onlyFaults?: readonly number[];
  readonly shrink: boolean;
  readonly json?: true;
}

const MOST_SEEDS = 1_000_000;
const MOST_SAGAS = 100_000;
const DEFAULT_SAGAS = 1_000;

/** `quadrille simulate`: the real runner and steps in memory and virtual time, with faults drawn from a seed. */
export function simulateCommandOf(modelOf: (seed: number) => Promise<SimulatedModel>, noun: Noun): Command {
  const only = `only${noun === 'orders' ? 'Orders' : 'Sagas'}` as const;
  return new Command('simulate')
    .description('run the system in memory and virtual time, with crashes and outages drawn from a seed')
    .option('--seed <number>', 'the source of all randomness', (text) => wholeNumber(text, 0, 2 ** 31 - 1), 1)
    .option(
      '--seeds <count>',
      'number of seeds, beginning with that one',
      (text) => wholeNumber(text, 1, MOST_SEEDS),
      1,
    )
    .option(`--${noun} <count>`, `number of ${noun}`, (text) => wholeNumber(text, 1, MOST_SAGAS), DEFAULT_SAGAS)
    .option(`--only-${noun} <numbers>`, 'only these, as in 3,17; no others are started', numbers)
    .option('--only-faults <numbers>', 'only these faults of the seed; or none', numbers)
    .option('--no-shrink', 'print a broken run unchanged, without a search for the smallest that breaks')
    .option('--json', 'print the results as JSON, one line per seed')
    .action(async (options: Options & Readonly<Record<string, any>>) => {
      // The runtime loads slowly, and no other command needs it.
      const { planOf, restricted } = await import('../simulate/plan.js');
      const { simulatePlan } = await import('../simulate/simulate.js');
      const began = performance.now();
      let broken = 0;
      let begun = 0;
      for (let seed = options.seed; seed < options.seed + options.seeds; seed++) {
        const model = await modelOf(seed);
        const plan = restricted(planOf(seed, options[noun]), options[only], options.onlyFaults);
        const simulated = await simulatePlan(plan, model);
        begun += simulated.orders;
        if (simulated.violations.length > 0) broken++;
        await report(plan, model, simulated, options, noun);
      }
      const pace = Math.round(begun / ((performance.now() - began) / 60_000)).toLocaleString('en');
      if (!options.json)
        console.log(
          `${broken === 0 ? '✓' : '✗'} ${broken} of ${options.seeds} seeds broke a promise (${pace} ${noun} a minute)`,
        );
      process.exitCode = broken === 0 ? 0 : 1;
    });
}

async function report(plan: Plan, model: SimulatedModel, simulated: Simulated, options: Options, noun: Noun) {
  const { brokenInWords, keptInWords } = await import('./simulation-in-words.js');
  if (simulated.violations.length === 0) {
    console.log(options.json ? JSON.stringify(simulated) : keptInWords(simulated, options.seeds === 1, noun));
    return;
  }
  const { shrink } = await import('../simulate/shrink.js');
  const least = options.shrink ? await shrink(plan, model) : { plan, simulated };
  console.log(options.json ? JSON.stringify({ ...least.simulated, plan: least.plan }) : brokenInWords(least, noun));
}
