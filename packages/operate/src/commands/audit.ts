import { setTimeout as pause } from 'node:timers/promises';
import type { Sources } from '@quadrille/testing';
import { Command, InvalidArgumentError } from 'commander';
import { inWords, pendingInWords } from '../audit/in-words.js';
import { type Judged, judge } from '../audit/judge.js';
import { type Look, lookAt } from '../audit/look.js';
import { HEARERS, type Place, placeOf, runningOption, variable } from '../place/place.js';
import { acting, printJson, Refusal } from '../terminal/acting.js';
import { paint } from '../terminal/paint.js';

interface Options {
  readonly within: number;
  readonly json?: true;
  readonly running?: string;
}

const DEFAULT_WITHIN_SECONDS = 30;
const MOST_SECONDS = 86_400;
/** Between two looks that must agree: longer than any service takes from one event to the next. */
const BETWEEN_LOOKS_MS = 1_000;

/** `quadrille audit`: the seven promises on a running system, from outside. */
export const auditCommand = new Command('audit')
  .description(
    'check the seven promises from outside, on all that a running system has done; exit code 1 unless all hold',
  )
  .option('--within <seconds>', 'wait so long for open sagas to end', seconds, DEFAULT_WITHIN_SECONDS)
  .option('--json', 'print the verdicts as JSON')
  .addOption(runningOption())
  .addHelpText('after', whereInWords())
  .action(
    acting(async ({ within, json, running }: Options) => {
      const judged = await audit(sourcesOf(placeOf(running, process.env)), within * 1_000);
      if (json) printJson(judged);
      else console.log(inWords(judged, paint, Date.now()));
      process.exitCode = judged.verdict === 'holds' ? 0 : 1;
    }),
  );

/** Looks again until the promises can be judged, or the time is over. */
async function audit(sources: Sources, withinMs: number): Promise<Judged> {
  const deadline = Date.now() + withinMs;
  let before: Look | undefined;
  for (;;) {
    const look = await read(sources);
    const judged = judge(look, before);
    if (judged.verdict !== 'open' || Date.now() > deadline) return judged;
    if (process.stderr.isTTY) console.error(`looking again: ${pendingInWords(look.pending, Date.now())}`);
    before = look;
    await pause(BETWEEN_LOOKS_MS);
  }
}

async function read(sources: Sources): Promise<Look> {
  // Kafka's client and PostgreSQL's are not loaded for those who only ask what commands there are.
  const { PROMISES, readBooks } = await import('@quadrille/testing');
  const books = await readBooks(sources).catch((error: Error) => {
    throw new Refusal(`The audit cannot read the system (${error.message || String(error)}): is all of it running?`);
  });
  return lookAt(
    books,
    PROMISES.map((promise) => promise(books)),
  );
}

function sourcesOf({ databases, brokers, urls }: Place): Sources {
  const missing = [
    ...HEARERS.filter((service) => !databases[service]).map((service) => `${variable(service)}_DATABASE_URL`),
    ...(brokers.length === 0 ? ['KAFKA_BROKERS'] : []),
  ];
  if (missing.length > 0) {
    throw new Refusal(
      `The audit needs to know where the system is: start it with npm start here, or set ${missing.join(', ')}.`,
    );
  }
  return { databases, brokers, providerUrl: urls['payment-provider'] };
}

function seconds(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= 0 && number <= MOST_SECONDS) return number;
  throw new InvalidArgumentError(`Expected seconds from 0 to ${MOST_SECONDS}.`);
}

function whereInWords(): string {
  const variables = [...HEARERS.map((service) => `${variable(service)}_DATABASE_URL`), 'KAFKA_BROKERS'];
  return `\nWhere the system is: ${variables.join(', ')}, PAYMENT_PROVIDER_URL; or the file of npm start.`;
}
