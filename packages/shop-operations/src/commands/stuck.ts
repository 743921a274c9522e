import { columns } from '@quadrille/operate/commands/topics';
import { acting, printJson } from '@quadrille/operate/terminal/acting';
import { span } from '@quadrille/operate/terminal/span';
import { Command, InvalidArgumentError } from 'commander';
import { type Endpoints, endpointsOf, runningOption } from '../endpoints/endpoints.js';
import { demand } from '../endpoints/requests.js';

/** A saga in the response of `GET /sagas`. */
export interface SagaRow {
  readonly orderId: string;
  readonly state: string;
  readonly awaited: { readonly step: string; readonly service: string; readonly since: string } | null;
  readonly startedAt: string;
  readonly lastEvent: string;
}

interface Options {
  readonly olderThan: number;
  readonly json?: true;
  readonly running?: string;
}

const DEFAULT_SECONDS = 60;
/** The maximum of `GET /sagas`: a hundred years. */
const MOST_SECONDS = 3_155_760_000;
const PAGE = 500;

/** `quadrille stuck`: sagas that run for too long. */
export const stuckCommand = new Command('stuck')
  .description('list sagas that run for too long, and the service that each waits for; exit code 1 if there are any')
  .option('--older-than <seconds>', 'minimum time since the start of the saga', seconds, DEFAULT_SECONDS)
  .option('--json', 'print them as JSON')
  .addOption(runningOption())
  .action(
    acting(async ({ olderThan, json, running }: Options) => {
      const sagas = await stuckSagas(endpointsOf(running, process.env), olderThan);
      if (json) printJson({ olderThanSeconds: olderThan, sagas });
      else console.log(inWords(sagas, olderThan, Date.now()));
      process.exitCode = sagas.length > 0 ? 1 : 0;
    }),
  );

async function stuckSagas(place: Endpoints, olderThan: number): Promise<SagaRow[]> {
  const found: SagaRow[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await demand(place, 'storefront', `/sagas?older-than=${olderThan}&limit=${PAGE}${from}`);
    const page = body as { sagas: SagaRow[]; next: string | null };
    found.push(...page.sagas);
    cursor = page.next;
  }
  return found;
}

/** One line per saga, the oldest first, then the number of waiting sagas per service. */
function inWords(sagas: readonly SagaRow[], olderThan: number, now: number): string {
  if (sagas.length === 0) return `No saga runs for more than ${olderThan} s.`;
  const since = (at: string) => span(now - Date.parse(at));
  const rows = sagas.map(({ orderId, state, awaited, startedAt, lastEvent }) => [
    ...[orderId, state, since(startedAt), lastEvent],
    ...(awaited ? [awaited.step, awaited.service, since(awaited.since)] : ['–', '–', '–']),
  ]);
  const head = ['order', 'state', 'runs for', 'last event', 'awaited step', 'of', 'since'];
  const services = new Map<string, number>();
  for (const { awaited } of sagas)
    services.set(awaited?.service ?? '–', (services.get(awaited?.service ?? '–') ?? 0) + 1);
  const counts = [...services].map(([service, count]) => `${count} wait for ${service}`).join(', ');
  return `${columns([head, ...rows])}\n\n${counts}. quadrille doctor <order> shows the reason.`;
}

function seconds(text: string): number {
  const number = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && number <= MOST_SECONDS) return number;
  throw new InvalidArgumentError(`Expected seconds from 0 to ${MOST_SECONDS}.`);
}
