import { Command } from 'commander';
import type { PhaseSeen } from '../run/profile.js';
import { DATA_DIR, progress, usable } from './run-cell.js';

/** `quadrille lab profile`: the adaptive choice under loads that change. */
export const profileCommand = new Command('profile')
  .description('run the adaptive choice under loads of five kinds, one after the other')
  .option('--json', 'print the phases as JSON')
  .action(async ({ json }: { readonly json?: true }) => {
    const [{ start }, { PROFILE_MAX_PER_SECOND, runProfile }] = await Promise.all([
      import('../run/start.js'),
      import('../run/profile.js'),
    ]);
    const print = progress();
    const options = { maxPerSecond: PROFILE_MAX_PER_SECOND };
    const given = { decisions: 'postgres', faults: ['none'], dataDir: DATA_DIR, print } as const;
    const shop = await usable(start({ protocol: 'adaptive', options, ...given }));
    try {
      const seen = await runProfile({ ...shop, lab: shop.lab! }, print);
      const follows = seen.phases.every(({ choice, expected, changes }) => changes <= 1 && choice.includes(expected));
      if (json) console.log(JSON.stringify(seen, null, 2));
      else {
        for (const phase of seen.phases) console.log(format(phase));
        console.log(
          `split ${seen.split} · open ${seen.open} · ${seen.promisesHold ? '✓ all promises hold' : '✗ broken'}`,
        );
        console.log(follows ? 'as expected: the choice follows the load' : 'not as expected');
      }
      process.exitCode = follows && seen.promisesHold ? 0 : 1;
    } finally {
      await shop.stop();
    }
  });

const format = ({ phase, orders, completed, choice, expected, changes }: PhaseSeen): string =>
  `${phase.padEnd(18)} ${completed}/${orders} completed · ${choice.join(' and ')} at the end (expected ${expected}) · ${changes} changes`;
