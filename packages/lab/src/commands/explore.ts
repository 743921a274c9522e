import { Command } from 'commander';
import type { Found } from '../explore/findings.js';
import { EXPLORABLE, type ProtocolOptions, protocolOf } from '../protocols/all.js';
import { oneOf, protocolAmong, wholeNumber } from './options.js';
import { progress } from './run-cell.js';

interface Options {
  readonly deaths: number;
  readonly cuts: number;
  readonly late: number;
  readonly orders: number;
  readonly decisions: 'postgres' | 'kafka';
  readonly skeen?: true;
  readonly bound: number;
  readonly walks: number;
  readonly json?: true;
}

/** `quadrille lab explore`: runs the protocol's own file in memory, in every order of messages, timers and faults. */
export const exploreLabCommand = new Command('explore')
  .description("run protocols' own files in memory, in every order of messages, timers and faults")
  .argument('[protocol]', 'protocol name (default: all)', protocolAmong(EXPLORABLE))
  .option('--deaths <n>', 'maximum crashes of a coordinator', wholeNumber(0, 1), 1)
  .option('--cuts <n>', 'maximum network partitions', wholeNumber(0, 1), 0)
  .option('--late <n>', 'maximum timers that fire while a message is in flight', wholeNumber(0, 2), 0)
  .option('--orders <n>', 'concurrent orders for the same goods', wholeNumber(1, 2), 1)
  .option(
    '--decisions <log>',
    'postgres: one decision log per coordinator; kafka: one shared log',
    oneOf('postgres', 'kafka'),
    'postgres',
  )
  .option('--skeen', 'three-phase commit commits if a pre-commit is not acknowledged')
  .option('--bound <n>', 'visit at most this many states', wholeNumber(1, 10_000_000), 20_000)
  .option('--walks <n>', 'instead of all states, run this many random walks', wholeNumber(0, 10_000_000), 0)
  .option('--json', 'print the findings as JSON')
  .action(async (only: string | undefined, given: Options) => {
    const [{ explore }, { walk }] = await Promise.all([import('../explore/explore.js'), import('../explore/walk.js')]);
    const { deaths, cuts, late, orders, decisions, skeen, bound, walks, json } = given;
    const options: ProtocolOptions = { withoutAcknowledgement: skeen ? 'commit' : 'abort' };
    const print = progress();
    const all: Record<string, Found> = {};
    for (const name of only ? [only] : EXPLORABLE) {
      const sharesLog = decisions === 'kafka';
      const exploration = { protocol: protocolOf(name, options), orders, pieces: 1, sharesLog, deaths, cuts, late };
      print(name);
      all[name] = walks > 0 ? await walk(exploration, walks) : await explore({ ...exploration, bound });
      if (!json) console.log(format(name, all[name]!));
    }
    if (json) console.log(JSON.stringify(all, null, 2));
  });

function format(name: string, found: Found & { states?: number; complete?: boolean; moves?: number }): string {
  const { states, complete, moves, broken, blocked } = found;
  const seen = states === undefined ? '' : ` · ${states} states${complete ? '' : `, up to ${moves} moves`}`;
  const lines = broken.map(({ promise, why, story }) => `  ✗ ${promise}\n    ${why}\n${numbered(story)}`);
  if (blocked) lines.push(`  ◼ blocks: ${blocked.why}\n${numbered(blocked.story)}`);
  return [`${name}${seen}`, ...(lines.length > 0 ? lines : ['  ✓ no promise broken, nothing blocks'])].join('\n');
}

const numbered = (story: readonly string[]): string => story.map((move, at) => `    ${at + 1}. ${move}`).join('\n');
