import { topicOf } from '@quadrille/choreography';
import { checkout, SAGA_SERVICES, type SagaService } from '@quadrille/contracts';
import { ConsumerLag, readTopics, type UnreadableBatch } from '@quadrille/kafka';
import pg from 'pg';
import type { Books, ChargeEntry, RecordEntry } from './books.js';
import { readAccepted, readInventory, readOrders, readPayments, readPlumbing, readShipments } from './read-services.js';
import { entryOf } from './record-entry.js';
import { TOPICS } from './running/consumers.js';
import { Reading, unreadableInWords } from './running/reading.js';
import { connectionOf, type Sources } from './sources.js';

/** The payment provider is given up after so long; the next look asks again. */
export const ANSWERS_WITHIN_MS = 30_000;
/** No partition has more. */
const ALL = 1n << 62n;

/** Reads everything the promises are checked on. The system should be at rest: no order open, no load. */
export async function readBooks(sources: Sources): Promise<Books> {
  const { databases, providerUrl, services } = sources;
  const opened = await openAll(databases, services ?? SAGA_SERVICES);
  const of = Object.fromEntries(opened) as Record<SagaService, pg.Client>;
  try {
    const { records, removed, unreadable } = await readRecords(sources);
    return {
      ...(await readOrders(of.order)),
      ...(await readPayments(of.payment)),
      ...(await readInventory(of.inventory)),
      ...(await readShipments(of.shipping)),
      charges: await readCharges(providerUrl),
      plumbing: await Promise.all(opened.map(([service, database]) => readPlumbing(service, database))),
      accepted: new Map(
        await Promise.all(opened.map(async ([service, database]) => [service, await readAccepted(database)] as const)),
      ),
      records,
      removed,
      unreadable,
    };
  } finally {
    await Promise.all(opened.map(([, database]) => database.end()));
  }
}

/** Every record on the topics, with the batches that cannot be read and the number of records that were removed. */
async function readRecords(sources: Sources): Promise<Pick<Books, 'records' | 'removed' | 'unreadable'>> {
  const connection = connectionOf(sources);
  const progress = new ConsumerLag(connection, 'quadrille.auditor');
  const at = Date.now();
  const positions = await progress.of(TOPICS).finally(() => progress.disconnect());
  const cut = {
    begins: new Map([...positions].map(([place, { begin }]) => [place, begin])),
    ends: new Map([...positions].map(([place, { end }]) => [place, end])),
  };
  const reading = new Reading(topicOf(checkout.system, 'order'));
  reading.begin(cut);
  const records: RecordEntry[] = [];
  const batches: UnreadableBatch[] = [];
  const onUnreadable = (batch: UnreadableBatch) => batches.push(batch);
  const slice = reading.slice(cut, ALL);
  if (slice) {
    await readTopics({ ...connection, topics: TOPICS, ...slice, onUnreadable }, (record) =>
      records.push(entryOf(record)),
    );
    reading.take(slice, records, new Set(), at);
  }
  for (const { topic, partition } of batches) reading.cannotRead(`${topic}/${partition}`, at);
  reading.finish(cut.begins, at);
  return { records, removed: reading.removed, unreadable: batches.map(unreadableInWords) };
}

/** All or none: who is told that one cannot be read is not kept alive by the others. */
async function openAll(
  databases: Sources['databases'],
  services: readonly string[],
): Promise<(readonly [SagaService, pg.Client])[]> {
  const opening = SAGA_SERVICES.filter((service) => services.includes(service)).map(
    async (service) => [service, await open(service, databases[service])] as const,
  );
  const results = await Promise.allSettled(opening);
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (opened.length < results.length) await Promise.all(opened.map(([, database]) => database.end()));
  return await Promise.all(opening);
}

async function open(service: string, connectionString: string | undefined): Promise<pg.Client> {
  if (!connectionString) throw new Error(`The auditor needs the database of ${service}.`);
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

/** Everything the provider was ever asked for. */
export async function readCharges(providerUrl: string): Promise<ChargeEntry[]>;
/** The same; undefined when that is more than `atMost`. */
export async function readCharges(providerUrl: string, atMost: number): Promise<ChargeEntry[] | undefined>;
export async function readCharges(providerUrl: string, atMost = Number.POSITIVE_INFINITY) {
  const found: ChargeEntry[] = [];
  for (let cursor: string | null = '0'; cursor !== null; ) {
    const response = await fetch(`${providerUrl}/charges?cursor=${cursor}`, {
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    if (!response.ok) throw new Error(`The payment provider answered ${response.status} to the auditor.`);
    const page = (await response.json()) as { charges: ChargeEntry[]; next: string | null };
    for (const charge of page.charges) found.push(charge);
    if (found.length > atMost) return undefined;
    cursor = page.next;
  }
  return found;
}
