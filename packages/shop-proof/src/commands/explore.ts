import { type EndingsInWords, reportOf, scenarioInWords, summary } from '@quadrille/proof/commands/exploration-report';
import { FORGETFUL_INBOX, KNOWING_INBOX, MOST_STATES, states } from '@quadrille/proof/commands/options';
import { Command, Option } from 'commander';
import { type ExploredScenario, exploreCheckout } from '../checkout/explore-checkout.js';
import type { JointEnding } from '../checkout/promises.js';
import { type Circumstances, circumstancesOfOne, circumstancesOfTwo } from '../checkout/scenarios.js';

interface Options {
  readonly orders: '1' | '2';
  readonly bound?: number;
  readonly inbox: boolean;
  readonly summary?: true;
  readonly json?: true;
}

const AS_SERVICES_SEE_IT: EndingsInWords<JointEnding> = {
  as: 'as (order, payment, inventory, shipping)',
  inWords: (ending) => Object.values(ending).join(', '),
};

/** `quadrille explore`: all executions of one or two orders. */
export const exploreCommand = new Command('explore')
  .description('run the real steps in every order in which messages can arrive, and check the promises')
  .addOption(new Option('--orders <count>', 'number of concurrent orders').choices(['1', '2']).default('1'))
  .option('--bound <states>', `maximum number of states per scenario (at most ${MOST_STATES})`, states)
  .option('--no-inbox', 'let one event per run take effect twice, as if the inbox did not exist')
  .option('--summary', 'omit the single scenarios')
  .option('--json', 'print the result as JSON')
  .action(async (options: Options) => {
    const report = reportOf(await exploreAll(options));
    console.log(options.json ? JSON.stringify(report, null, 2) : summary(report, AS_SERVICES_SEE_IT));
    process.exitCode = report.violations.length === 0 ? 0 : 1;
  });

async function exploreAll({
  orders,
  bound = MOST_STATES,
  inbox,
  summary: short,
  json,
}: Options): Promise<ExploredScenario[]> {
  const all: readonly Circumstances[] = orders === '1' ? circumstancesOfOne() : circumstancesOfTwo();
  const explored: ExploredScenario[] = [];
  for (const circumstances of all) {
    const assumptions = inbox ? KNOWING_INBOX : FORGETFUL_INBOX;
    const one = await exploreCheckout(Number(orders), circumstances, assumptions, { bound });
    explored.push(one);
    if (one.violation ? !json : !json && !short) console.log(scenarioInWords(one));
  }
  return explored;
}
