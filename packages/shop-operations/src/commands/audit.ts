import { setTimeout as pause } from 'node:timers/promises';
import type { AuditReport, Sources } from '@quadrille/audit';
import { SAGA_SERVICES, variableOf } from '@quadrille/contracts';
import { acting, printJson, Refusal } from '@quadrille/operate/terminal/acting';
import { paint } from '@quadrille/operate/terminal/paint';
import { Command, InvalidArgumentError } from 'commander';
import { inWords, pendingInWords } from '../audit/in-words.js';
import { type Endpoints, endpointsOf, runningOption } from '../endpoints/endpoints.js';

interface Options {
  readonly within: number;
  readonly everySeconds?: number;
  readonly overdueAfter: number;
  readonly metricsPort?: number;
  readonly json?: true;
  readonly running?: string;
}

const DEFAULT_WITHIN_SECONDS = 30;
const DEFAULT_OVERDUE_SECONDS = 600;
const MOST_SECONDS = 86_400;
const LEAST_PAUSE_SECONDS = 0.1;
const MOST_PORT = 65_535;
const DECIMAL = /^\d+(\.\d+)?$/;
const BETWEEN_LOOKS_MS = 1_000;

/** `quadrille audit`: the seven promises on a running system, from outside. */
export const auditCommand = new Command('audit')
  .description('check the seven promises from outside, while the system runs; exit code 1 unless all hold')
  .option('--within <seconds>', 'maximum time to wait for the end of the open sagas', seconds, DEFAULT_WITHIN_SECONDS)
  .option('--every-seconds <seconds>', 'audit repeatedly, and read only new data, until Ctrl-C', pauseOf)
  .option(
    '--overdue-after <seconds>',
    'an order that is open for longer is a violation',
    seconds,
    DEFAULT_OVERDUE_SECONDS,
  )
  .option('--metrics-port <port>', 'with --every-seconds: serve /metrics for Prometheus and /verdict as JSON', port)
  .option('--json', 'print the verdicts as JSON; with --every-seconds one line each')
  .addOption(runningOption())
  .addHelpText('after', whereInWords())
  .action(
    acting(async (options: Options) => {
      const sources = sourcesOf(endpointsOf(options.running, process.env));
      if (options.everySeconds === undefined) {
        if (options.metricsPort !== undefined) throw new Refusal('--metrics-port requires --every-seconds.');
        return once(sources, options);
      }
      const { watchAudit } = await import('../audit/watch-audit.js');
      await watchAudit(sources, {
        everyMs: options.everySeconds * 1_000,
        overdueAfterMs: options.overdueAfter * 1_000,
        ...(options.metricsPort !== undefined && { port: options.metricsPort }),
        report: options.json
          ? (judged) => console.log(JSON.stringify(judged))
          : (judged) => console.log(`${judged.at}\n${inWords(judged, paint, Date.now())}\n`),
      });
    }),
  );

async function once(sources: Sources, { within, overdueAfter, json }: Options): Promise<void> {
  const judged = await audit(sources, within * 1_000, overdueAfter * 1_000);
  if (json) printJson(judged);
  else console.log(inWords(judged, paint, Date.now()));
  process.exitCode = judged.verdict === 'holds' ? 0 : 1;
}

/** Repeats the audit until the sagas that were open in the first pass have ended, or the time is over. */
async function audit(sources: Sources, withinMs: number, overdueAfterMs: number): Promise<AuditReport> {
  // The clients of Kafka and PostgreSQL are not loaded for a list of commands.
  const { RunningAudit } = await import('@quadrille/audit');
  const running = new RunningAudit(sources, { overdueAfterMs });
  const deadline = Date.now() + withinMs;
  try {
    for (;;) {
      const judged = await running.look();
      if (judged.verdict !== 'open' || Date.now() > deadline) return judged;
      if (process.stderr.isTTY) console.error(`auditing again: ${pendingInWords(judged.pending, Date.now())}`);
      await pause(BETWEEN_LOOKS_MS);
    }
  } catch (error) {
    const why = (error as Error).message || String(error);
    throw new Refusal(`The audit cannot read the system (${why}): is all of it running?`);
  } finally {
    await running.close();
  }
}

function sourcesOf({ databases, brokers, security, urls }: Endpoints): Sources {
  const missing = [
    ...SAGA_SERVICES.filter((service) => !databases[service]).map((service) => variableOf(service, 'DATABASE_URL')),
    ...(brokers.length === 0 ? ['KAFKA_BROKERS'] : []),
  ];
  if (missing.length > 0) {
    throw new Refusal(
      `The addresses of the system are missing: start it with npm start here, or set ${missing.join(', ')}.`,
    );
  }
  return { databases, brokers, ...(security && { security }), providerUrl: urls['payment-provider'] };
}

function seconds(text: string): number {
  const number = Number(text);
  if (DECIMAL.test(text) && number <= MOST_SECONDS) return number;
  throw new InvalidArgumentError(`Expected seconds from 0 to ${MOST_SECONDS}.`);
}

/** Audits without a pause would query the databases permanently. */
function pauseOf(text: string): number {
  const number = Number(text);
  if (DECIMAL.test(text) && number >= LEAST_PAUSE_SECONDS && number <= MOST_SECONDS) return number;
  throw new InvalidArgumentError(`Expected seconds from ${LEAST_PAUSE_SECONDS} to ${MOST_SECONDS}.`);
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= MOST_PORT) return number;
  throw new InvalidArgumentError(`Expected a port from 0 to ${MOST_PORT}.`);
}

function whereInWords(): string {
  const variables = [...SAGA_SERVICES.map((service) => variableOf(service, 'DATABASE_URL')), 'KAFKA_BROKERS'];
  return `\nAddresses of the system: ${variables.join(', ')}, PAYMENT_PROVIDER_URL; or the file of npm start.`;
}
