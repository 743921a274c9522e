import { setTimeout as pause } from 'node:timers/promises';
import { type QuadrilleConfig, servicesOf } from '@quadrille/choreography';
import { Command, InvalidArgumentError } from 'commander';
import { readBooks } from '../audit/books.js';
import { judgeBooks, type Verdict } from '../audit/promises.js';
import { EventReader } from '../running/published-events.js';
import { runningSystemOf } from '../running/running-system.js';
import { acting, printJson } from '../terminal/acting.js';
import { paint } from '../terminal/paint.js';

interface Options {
  readonly within: number;
  readonly json?: true;
}

const DEFAULT_WITHIN_SECONDS = 30;
const MOST_SECONDS = 86_400;
const BETWEEN_LOOKS_MS = 1_000;
const SHOWN_VIOLATIONS = 10;
/** The default of the services. */
const INBOX_RETENTION_HOURS = 336;
const HOUR_MS = 3_600_000;

/** `quadrille audit`: the promises of any choreography, judged from topics and databases of a running system. */
export const auditCommandOf = (read: () => Promise<QuadrilleConfig>): Command =>
  new Command('audit')
    .description(
      'check the promises of any choreography from outside, while the system runs; exit code 1 unless all hold',
    )
    .option('--within <seconds>', 'maximum time to wait for messages in transit', seconds, DEFAULT_WITHIN_SECONDS)
    .option('--json', 'print the verdicts as JSON')
    .action(
      acting(async ({ within, json }: Options) => {
        const verdicts = await audit(await read(), within * 1_000);
        if (json) printJson({ verdicts });
        else console.log(verdicts.flatMap(linesOf).join('\n'));
        const isWhole = verdicts.every(({ violations, notJudged }) => violations.length + notJudged.length === 0);
        process.exitCode = isWhole ? 0 : 1;
      }),
    );

/** Repeats the audit until all promises hold, or the time is over. */
async function audit(config: QuadrilleConfig, withinMs: number): Promise<Verdict[]> {
  const { choreography } = config;
  const system = runningSystemOf(config, process.env);
  const beganAt = Date.now();
  const hours = Number(process.env.INBOX_RETENTION_HOURS || INBOX_RETENTION_HOURS);
  const rememberedSince = new Date(beganAt - hours * HOUR_MS).toISOString();
  const reader = new EventReader(choreography, system);
  const events = await reader.read();
  const now = [...events];
  for (;;) {
    // Topics first: a published event was in an inbox and an outbox before.
    const services = new Map(
      await Promise.all(
        servicesOf(choreography.rows).map(async (service) => {
          const url = system.databases[service];
          const sinceMs = Date.now() - beganAt;
          const unknown = { cause: 'add it to databases of running in the configuration file' };
          return [service, url === undefined ? unknown : await readBooks(url, rememberedSince, sinceMs)] as const;
        }),
      ),
    );
    const verdicts = judgeBooks(choreography, { events, now, services, rememberedSince });
    const holds = verdicts.every(({ violations }) => violations.length === 0);
    if (holds || Date.now() - beganAt > withinMs) return verdicts;
    await pause(BETWEEN_LOOKS_MS);
    now.push(...(await reader.read()));
  }
}

function linesOf({ promise, counts, violations, notJudged }: Verdict): string[] {
  const judged = Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
  const sign =
    violations.length > 0 ? paint('bad', '✗') : notJudged.length > 0 ? paint('wait', '!') : paint('good', '✓');
  const more = violations.length - SHOWN_VIOLATIONS;
  return [
    `${sign} ${promise} (${judged})`,
    ...violations.slice(0, SHOWN_VIOLATIONS).map((violation) => `    ${violation}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
    ...notJudged.map((why) => `    not judged: ${why}`),
  ];
}

function seconds(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= MOST_SECONDS)) throw new InvalidArgumentError(`Expected seconds from 0 to ${MOST_SECONDS}.`);
  return value;
}
