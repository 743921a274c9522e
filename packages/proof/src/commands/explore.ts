import { Command, InvalidArgumentError, Option } from 'commander';
import { type ExploredScenario, exploreCheckout } from '../checkout/explore-checkout.js';
import { type Circumstances, circumstancesOfOne, circumstancesOfTwo } from '../checkout/scenarios.js';
import type { Assumptions } from '../explore/system.js';
import { reportOf, summary, violationInWords } from './exploration-report.js';

interface Options {
  readonly orders: '1' | '2';
  readonly bound?: number;
  readonly inbox: boolean;
  readonly summary?: true;
  readonly json?: true;
}

const KNOWING_INBOX: Assumptions = { unknownToInbox: 0, repeatedAsks: true };
const FORGETFUL_INBOX: Assumptions = { ...KNOWING_INBOX, unknownToInbox: 1 };

/** More states than this need more memory than a laptop likes to give; it is far above what any scenario has. */
const MOST_STATES = 4_000_000;

/** `quadrille explore`: everything that can happen to an order, or to two. */
export const exploreCommand = new Command('explore')
  .description(
    'let everything happen that can happen, in every order, with the real steps, and look for a broken promise',
  )
  .addOption(new Option('--orders <count>', 'how many orders at the same time').choices(['1', '2']).default('1'))
  .option('--bound <states>', `the most states of one scenario (at most ${MOST_STATES})`, wholeNumber)
  .option('--no-inbox', 'let one event of each run take effect twice, as if the inbox had forgotten it')
  .option('--summary', 'leave the single scenarios out')
  .option('--json', 'print what was found as JSON')
  .action(async (options: Options) => {
    const report = reportOf(await exploreAll(options));
    console.log(options.json ? JSON.stringify(report, null, 2) : summary(report));
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
    if (one.violation ? !json : !json && !short) console.log(inWords(one));
  }
  return explored;
}

const inWords = (one: ExploredScenario): string => {
  const counts = `${count(one.states)} states, ${count(one.transitions)} transitions`;
  const seen = one.seenUpTo === undefined ? '' : `, only the first ${one.seenUpTo} transitions of each run`;
  return one.violation ? violationInWords(one.name, one.violation) : `✓ ${one.name}: ${counts}${seen}`;
};

const count = (number: number): string => number.toLocaleString('en');

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > MOST_STATES) {
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_STATES}.`);
  }
  return number;
}
