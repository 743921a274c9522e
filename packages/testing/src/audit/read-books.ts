import { eventsOf, parseWireType, topicOf } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { type IncomingRecord, readTopics } from '@quadrille/kafka';
import pg from 'pg';
import type { Books, ChargeEntry, RecordEntry } from './books.js';
import { readAccepted, readInventory, readOrders, readPayments, readPlumbing, readShipments } from './read-services.js';
import { AUDITED, type Sources } from './sources.js';

/** Reads everything the promises are checked on. The system should be at rest: no order open, no load. */
export async function readBooks({ databases, brokers, providerUrl, services }: Sources): Promise<Books> {
  const opened = await openAll(databases, services ?? AUDITED);
  const of = Object.fromEntries(opened) as Record<(typeof AUDITED)[number], pg.Client>;
  try {
    const records: RecordEntry[] = [];
    const topics = [...new Set(eventsOf(shop).map((event) => topicOf(checkout.system, event.by)))];
    await readTopics({ brokers, clientId: 'quadrille.auditor', topics }, (record) => records.push(entryOf(record)));
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
    };
  } finally {
    await Promise.all(opened.map(([, database]) => database.end()));
  }
}

/** All or none: who is told that one cannot be read is not kept alive by the others. */
async function openAll(
  databases: Sources['databases'],
  services: readonly string[],
): Promise<(readonly [(typeof AUDITED)[number], pg.Client])[]> {
  const opening = AUDITED.filter((service) => services.includes(service)).map(
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

const NAMES = new Map(eventsOf(shop).map((event) => [event.wire, event.name]));

/** What of a record the auditor keeps. */
export function entryOf({ topic, partition, offset, key, headers }: IncomingRecord): RecordEntry {
  const type = headers.ce_type ?? '';
  const [, service = '', step = ''] = (headers.ce_source ?? '').split('/');
  return {
    topic,
    place: `${topic}/${partition}/${offset}`,
    eventId: headers.ce_id ?? '',
    type: NAMES.get(parseWireType(type)?.wire ?? '') ?? type,
    service,
    step,
    key: key ?? '',
    correlationId: headers.ce_correlationid ?? '',
    causationId: headers.ce_causationid ?? null,
  };
}

/** Everything the provider was ever asked for. */
export async function readCharges(providerUrl: string): Promise<ChargeEntry[]> {
  const found: ChargeEntry[] = [];
  for (let cursor: string | null = '0'; cursor !== null; ) {
    const response = await fetch(`${providerUrl}/charges?cursor=${cursor}`);
    if (!response.ok) throw new Error(`The payment provider answered ${response.status} to the auditor.`);
    const page = (await response.json()) as { charges: ChargeEntry[]; next: string | null };
    found.push(...page.charges);
    cursor = page.next;
  }
  return found;
}
