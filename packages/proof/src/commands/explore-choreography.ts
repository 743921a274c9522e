import type { QuadrilleConfig } from '@quadrille/choreography';
import { Command } from 'commander';
import { type ExploredSagas, exploreScenario } from '../choreography/explore-choreography.js';
import type { SagaEnding } from '../choreography/promises.js';
import { stepsOf } from '../choreography/steps-of.js';
import { Unusable } from '../choreography/unusable.js';
import { type EndingsInWords, reportOf, scenarioInWords, summary } from './exploration-report.js';
import { FORGETFUL_INBOX, KNOWING_INBOX, MOST_STATES, states } from './options.js';
import { inWords, verified } from './verify.js';

interface Options {
  readonly bound?: number;
  readonly inbox: boolean;
  readonly summary?: true;
  readonly json?: true;
}

const BY_EVENTS: EndingsInWords<SagaEnding> = {
  as: '',
  inWords: ({ outcome, events }) => `${outcome}: ${events.join(', ')}`,
};

/** `quadrille explore` of any choreography: all executions of its scenarios. */
export const exploreCommandOf = (read: () => Promise<QuadrilleConfig>): Command =>
  new Command('explore')
    .description('run the scenarios in every order in which messages can arrive, and check the promises')
    .option('--bound <states>', `maximum number of states per scenario (at most ${MOST_STATES})`, states)
    .option('--no-inbox', 'let one event per run take effect twice, as if the inbox did not exist')
    .option('--summary', 'omit the single scenarios')
    .option('--json', 'print the result as JSON')
    .action(async (options: Options) => {
      const config = await read();
      const table = verified(config.choreography);
      if (table.faults.length > 0) {
        console.error(inWords(table));
        process.exitCode = 1;
        return;
      }
      const report = reportOf(await exploreAll(config, options));
      const unseen = Object.keys(config.choreography.endings).filter((word) =>
        report.endings.every(({ outcome }) => outcome !== word),
      );
      if (options.json) console.log(JSON.stringify({ ...report, unseen }, null, 2));
      else console.log([summary(report, BY_EVENTS), ...unseenInWords(unseen)].join('\n'));
      process.exitCode = report.violations.length === 0 ? 0 : 1;
    });

async function exploreAll(config: QuadrilleConfig, options: Options): Promise<ExploredSagas[]> {
  const { bound = MOST_STATES, inbox, summary: short, json } = options;
  const parts = stepsOf(config, 'explore');
  if (!config.scenarios?.length) {
    throw new Unusable(
      "explore needs commands to run: add scenarios: [{ name: '…', commands: [{ step: '…', data: { … } }] }] to the configuration file.",
    );
  }
  const explored: ExploredSagas[] = [];
  for (const scenario of config.scenarios) {
    const assumptions = inbox ? KNOWING_INBOX : FORGETFUL_INBOX;
    const one = await exploreScenario(config, parts, scenario, assumptions, bound);
    explored.push(one);
    if (one.violation ? !json : !json && !short) console.log(scenarioInWords(one));
  }
  return explored;
}

/** A proof covers only the endings that its scenarios reach. */
const unseenInWords = (unseen: readonly string[]): string[] =>
  unseen.length === 0 ? [] : [`No scenario reaches ${unseen.join(', ')}: add one that does.`];
