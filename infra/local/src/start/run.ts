import { PROMISES, readBooks } from '@quadrille/audit';
import { type Fired, fireOrders, type ShopClient } from '@quadrille/load';
import { awaitEndings, countFates, type InvoiceLine, plan, prepareReplay, replay } from '@quadrille/replay';
import { AUDITOR } from '../kafka/open-to-users.js';
import type { System } from '../system.js';
import { PEOPLE } from './seed.js';
import { type Summary, summarize } from './summary.js';

/** The limit for every saga to end after the last order: the provider's outage, the deadline and the longest retry pause. */
const ENDINGS_WITHIN_MS = 120_000;

type Progress = (line: string) => void;

/** Places `count` orders of every kind, waits for their endings and audits. */
export async function runOrders(
  system: System,
  shop: ShopClient,
  count: number,
  onProgress: Progress,
): Promise<Summary> {
  const fired: Fired[] = [];
  onProgress(`placing ${count} orders of every kind`);
  await fireOrders(shop, PEOPLE, count, (order) => fired.push(order));
  return finish(system, fired, onProgress);
}

/** Replays invoices, waits for the endings and audits. */
export async function runReplay(
  system: System,
  shop: ShopClient,
  lines: readonly InvoiceLine[],
  onProgress: Progress,
): Promise<Summary> {
  const planned = plan(lines);
  const fired: Fired[] = [];
  await prepareReplay(shop, planned, onProgress);
  onProgress(`sending ${planned.invoices.length} invoices of ${lines.length} lines`);
  const fates = await replay(shop, planned, (order) => fired.push(order));
  const summary = await finish(system, fired, onProgress);
  return {
    ...summary,
    lines: { total: lines.length, byFate: countFates(lines, fates), pricedOtherwise: planned.pricedOtherwise },
  };
}

async function finish(system: System, fired: readonly Fired[], onProgress: Progress): Promise<Summary> {
  onProgress('waiting for every saga to end');
  const databases = system.readableDatabases;
  await awaitEndings(databases.order!, ENDINGS_WITHIN_MS, () => {});
  onProgress('auditing the seven promises');
  const { secured } = system.kafka;
  const sources = {
    databases,
    brokers: system.kafka.brokers,
    ...(secured && { security: secured.security(AUDITOR) }),
    providerUrl: system.urls['payment-provider'],
  };
  const books = await readBooks(sources);
  return summarize(
    fired,
    books.orders,
    PROMISES.map((promise) => promise(books)),
  );
}
