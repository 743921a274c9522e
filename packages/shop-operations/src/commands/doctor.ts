import { checksInWords } from '@quadrille/operate/platform/in-words';
import { exitCodeOf, judge } from '@quadrille/operate/platform/judge';
import { acting, printJson, Refusal } from '@quadrille/operate/terminal/acting';
import { type Paint, paint } from '@quadrille/operate/terminal/paint';
import { Command } from 'commander';
import { collectFacts } from '../diagnose/collect-facts.js';
import { diagnose, isTroubled } from '../diagnose/diagnose.js';
import type { Diagnosis, Finding } from '../diagnose/facts.js';
import { type Endpoints, endpointsOf, runningOption } from '../endpoints/endpoints.js';
import { lookAtPlatform } from '../platform/look.js';
import { orderIdOf } from '../timeline.js';

interface Options {
  readonly json?: true;
  readonly running?: string;
}

/** `quadrille doctor`: the reason for which an order does not continue; without an order, the state of the platform and the services. */
export const doctorCommand = new Command('doctor')
  .description(
    'show the step that an order waits for, the reason and the remedy; without an order, the state of databases, topics, groups and services; exit code 1 if something is broken',
  )
  .argument('[order]', 'the orderId in the response of POST /orders')
  .option('--json', 'print the findings as JSON')
  .addOption(runningOption())
  .action(
    acting(async (order: string | undefined, { json, running }: Options) => {
      const place = endpointsOf(running, process.env);
      await (order === undefined ? seePlatform(place, json) : seeOrder(place, orderIdOf(order), json));
    }),
  );

async function seePlatform(place: Endpoints, json: true | undefined): Promise<void> {
  const facts = await lookAtPlatform(place, process.env);
  const checks = judge(facts);
  if (json) printJson({ checks });
  else console.log(checksInWords(checks, paint));
  process.exitCode = exitCodeOf(facts, checks);
}

async function seeOrder(place: Endpoints, orderId: string, json: true | undefined): Promise<void> {
  const facts = await collectFacts(place, orderId);
  const answering = Object.values(facts.services).filter((service) => service?.answers);
  if (answering.length === 0) {
    throw new Refusal(
      `No service answers; the storefront is expected at ${place.urls.storefront}: start the system with npm start.`,
    );
  }
  const diagnosis = diagnose(facts);
  if (json) printJson(diagnosis);
  else console.log(inWords(diagnosis, paint));
  process.exitCode = isTroubled(diagnosis) ? 1 : 0;
}

/** The diagnosis as text. */
function inWords({ orderId, state, findings }: Diagnosis, colour: Paint): string {
  const head = `Order ${orderId} is ${state}.`;
  if (findings.length === 0) return `${colour('good', '✓')} ${head} Nothing is missing.`;
  return [colour('strong', head), ...findings.map((finding) => findingInWords(finding, colour))].join('\n\n');
}

function findingInWords({ cause, message, next, since }: Finding, colour: Paint): string {
  const sign = cause === 'under-way' ? colour('wait', '…') : colour('bad', '✗');
  const waiting = since === undefined ? '' : colour('quiet', ` (awaited since ${since})`);
  return `${sign} ${message}${waiting}\n  ${next}`;
}
