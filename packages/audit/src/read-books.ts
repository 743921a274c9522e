import { SAGA_SERVICES, type SagaService } from '@quadrille/contracts';
import { ConsumerLag, readTopics, type UnreadableBatch } from '@quadrille/kafka';
import pg from 'pg';
import type { Books, ChargeEntry, RecordEntry } from './books.js';
import { readAccepted, readInventory, readOrders, readPayments, readPlumbing, readShipments } from './read-services.js';
import { entryOf } from './record-entry.js';
import { ORDER_TOPICS, TOPICS } from './running/consumers.js';
import { Reading, unreadableInWords } from './running/reading.js';
import { connectionOf, type Sources } from './sources.js';

/** Timeout of a request to the payment provider in ms; the next pass retries. */
export const ANSWERS_WITHIN_MS = 30_000;
/** More than the records of any partition. */
const ALL = 1n << 62n;

/** Reads all input of the promises. The system should be idle: no open order, no load. */
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

/** Reads every record on the topics, with the unreadable batches and the number of removed records. */
async function readRecords(sources: Sources): Promise<Pick<Books, 'records' | 'removed' | 'unreadable'>> {
  const connection = connectionOf(sources);
  const progress = new ConsumerLag(connection, 'quadrille.auditor');
  const at = Date.now();
  const positions = await progress.of(TOPICS).finally(() => progress.disconnect());
  const cut = {
    begins: new Map([...positions].map(([place, { begin }]) => [place, begin])),
    ends: new Map([...positions].map(([place, { end }]) => [place, end])),
  };
  const reading = new Reading(ORDER_TOPICS);
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

/** Opens all databases or none: after one failure, the other connections are closed, so that the process can exit. */
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

/** Reads all charges of the provider. */
export async function readCharges(providerUrl: string): Promise<ChargeEntry[]>;
/** Reads all charges; undefined if there are more than `atMost`. */
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
