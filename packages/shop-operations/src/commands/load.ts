import { setTimeout as pause } from 'node:timers/promises';
import {
  type Load,
  type LoadCounts,
  loadAtRate,
  ORDER_KINDS,
  type OrderKind,
  PEOPLE,
  ShopClient,
} from '@quadrille/load';
import { acting, printJson } from '@quadrille/operate/terminal/acting';
import { paint } from '@quadrille/operate/terminal/paint';
import { Command, InvalidArgumentError } from 'commander';
import { endpointsOf, runningOption } from '../endpoints/endpoints.js';
import { demand } from '../endpoints/requests.js';

interface Options {
  readonly rate: number;
  readonly seconds: number;
  readonly kind?: readonly OrderKind[];
  readonly json?: true;
  readonly running?: string;
}

/** More than one process of Node can send. */
const MAX_ORDERS_PER_SECOND = 2_000;
const MAX_SECONDS = 86_400;
const PRINT_EVERY_MS = 1_000;

/** `quadrille load`: sends orders to a running shop at a fixed rate, even if the shop cannot process them in time. */
export const loadCommand = new Command('load')
  .description('send orders to the running shop at a fixed rate, of every kind or of some')
  .option('-r, --rate <orders>', 'orders per second', whole(1, MAX_ORDERS_PER_SECOND), 10)
  .option('-s, --seconds <seconds>', 'duration', whole(1, MAX_SECONDS), 30)
  .option('-k, --kind <kind>', `only this kind; may be given several times: ${kindNames()}`, addKind)
  .option('--json', 'print the counts as JSON')
  .addOption(runningOption())
  .action(
    acting(async ({ rate, seconds, kind, json, running }: Options) => {
      const place = endpointsOf(running, process.env);
      await demand(place, 'order', '/health/live');
      const shop = new ShopClient(place.urls, place.token);
      const load = loadAtRate(shop, PEOPLE, { ordersPerSecond: rate, ...(kind && { kinds: kind }) });
      await untilOver(load, seconds, process.stderr.isTTY === true && !json);
      await load.stop();
      const counts = load.counts();
      if (json) printJson(counts);
      else console.log(countsOf(counts));
      if (counts.failed > 0 || counts.leftOut > 0) process.exitCode = 1;
    }),
  );

/** Waits until the time is over, or for Ctrl-C; prints the progress at a terminal. */
async function untilOver(load: Load, seconds: number, printing: boolean): Promise<void> {
  const over = new AbortController();
  const stop = () => over.abort();
  process.once('SIGINT', stop);
  const end = Date.now() + seconds * 1_000;
  for (let left = seconds * 1_000; left > 0 && !over.signal.aborted; left = end - Date.now()) {
    await pause(Math.min(left, PRINT_EVERY_MS), undefined, { signal: over.signal }).catch(() => {});
    if (printing) process.stderr.write(`\r${countsOf(load.counts())}  `);
  }
  if (printing) process.stderr.write('\r\u001b[K');
  process.off('SIGINT', stop);
}

function countsOf({ accepted, failed, leftOut, unanswered, lastFailure }: LoadCounts): string {
  const parts = [paint('good', `${accepted} accepted`)];
  if (unanswered > 0) parts.push(paint('wait', `${unanswered} not answered yet`));
  if (leftOut > 0) parts.push(paint('bad', `${leftOut} omitted, because too many are unanswered`));
  if (failed > 0) parts.push(paint('bad', `${failed} failed, the last: ${lastFailure}`));
  return parts.join(', ');
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

function addKind(name: string, before: readonly OrderKind[] = []): readonly OrderKind[] {
  const kind = ORDER_KINDS.find((each) => each.name === name);
  if (kind) return [...before, kind];
  throw new InvalidArgumentError(`The kinds are ${kindNames()}.`);
}

function kindNames(): string {
  return ORDER_KINDS.map(({ name }) => `"${name}"`).join(', ');
}
