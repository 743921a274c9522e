import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { EventProducer, type IncomingRecord, readTopics } from '@quadrille/kafka';
import { Kafka, logLevel } from 'kafkajs';
import { mixedOrder } from '../load/order-requests.js';
import { place } from '../load/place.js';
import { oneRow } from '../measure/statements.js';
import { startReference } from '../systems/reference.js';
import { demandPromises, type Shop } from '../systems/shop.js';
import { withStarted } from '../systems/started.js';
import { EIGHT_STEPS, topicPerEvent } from './saga-steps.js';
import { SERVICES, type ServiceOfReference } from './tables.js';

const TOPOLOGY = topicPerEvent(EIGHT_STEPS);
const ORDERS = 50;
const WITHIN_MS = 60_000;
const CHECK_EVERY_MS = 50;

it('changes nothing if every event is delivered twice', async () => {
  await withStarted(async (started) => {
    const shop = await startReference('events-with-outbox', started);
    await place(shop.orderUrl, ORDERS, mixedOrder);
    await shop.atRest(WITHIN_MS);
    const before = await contentOf(shop);
    expect(await duplicateAll(shop.brokers)).toBeGreaterThan(7 * ORDERS);
    await untilConsumed(shop.brokers);
    expect(await contentOf(shop)).toEqual(before);
    await demandPromises(shop);
  });
});

it('publishes the event of a process that was killed after its commit, once it is restarted', async () => {
  await withStarted(async (started) => {
    const shop = await startReference('events-with-outbox', started);
    const orders = (statement: string) => oneRow(shop.databases.order!, statement);
    await orders(
      `create function wait() returns trigger language plpgsql as 'begin perform pg_sleep(2); return null; end'`,
    );
    await orders(`create constraint trigger wait after insert on outbox deferrable initially deferred
                  for each row execute function wait()`);
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(mixedOrder(0)),
    };
    const answer = fetch(`${shop.orderUrl}/orders`, init).catch(() => 'none');
    await untilTrue(shop, `exists (select from pg_stat_activity where wait_event = 'PgSleep')`);
    await shop.running.order!.kill('SIGKILL');
    expect(await answer).toBe('none');
    // PostgreSQL ends the commit without its client.
    await untilTrue(shop, 'exists (select from outbox)');
    expect(await orders('select status from orders')).toEqual({ status: 'PLACED' });
    await orders('drop trigger wait on outbox');
    await shop.running.order!.restart();
    await shop.atRest(WITHIN_MS);
    expect(await orders('select status from orders')).toEqual({ status: 'COMPLETED' });
    await demandPromises(shop);
  });
});

const TABLES_BY_SERVICE: Readonly<Record<ServiceOfReference, readonly string[]>> = {
  order: ['orders', 'deadlines', 'inbox', 'outbox'],
  payment: ['accounts', 'payments', 'ledger_postings', 'inbox', 'outbox'],
  inventory: ['stock', 'reservations', 'inbox', 'outbox'],
  shipping: ['shipments', 'inbox', 'outbox'],
};

async function contentOf({ databases }: Shop): Promise<unknown> {
  const tables = SERVICES.flatMap((service) => TABLES_BY_SERVICE[service].map((table) => ({ service, table })));
  return Promise.all(
    tables.map(async ({ service, table }) => {
      const rows = `select count(*)::int, md5(string_agg(t::text, ',' order by t::text)) from ${table} t`;
      return { service, table, ...(await oneRow<object>(databases[service]!, rows)) };
    }),
  );
}

/** Sends every record again; resolves with their number. */
async function duplicateAll(brokers: readonly string[]): Promise<number> {
  const connection = { brokers, clientId: 'reference.spec' };
  const records: IncomingRecord[] = [];
  await readTopics({ ...connection, topics: TOPOLOGY.all }, (record) => records.push(record));
  const producer = new EventProducer(connection);
  await producer.send(
    records.map(({ topic, key, headers, value }) => ({ topic, key: key!, headers, payload: value! })),
  );
  await producer.disconnect();
  return records.length;
}

/** Waits until every service has committed the end of its topics. */
async function untilConsumed(brokers: readonly string[]): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.ERROR }).admin();
  await admin.connect();
  try {
    for (const service of SERVICES) {
      for (const topic of TOPOLOGY.readBy(service)) {
        const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, high]));
        await until(async () => {
          const [group] = await admin.fetchOffsets({ groupId: `reference.${service}`, topics: [topic] });
          return group!.partitions.every(({ partition, offset }) =>
            Number(offset) >= 0 ? offset === ends.get(partition) : ends.get(partition) === '0',
          );
        });
      }
    }
  } finally {
    await admin.disconnect();
  }
}

const untilTrue = ({ databases }: Shop, condition: string): Promise<void> =>
  until(async () => (await oneRow<{ holds: boolean }>(databases.order!, `select ${condition} as holds`)).holds);

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + WITHIN_MS; !(await holds()); await pause(CHECK_EVERY_MS)) {
    if (Date.now() > deadline) throw new Error('The condition does not hold in time.');
  }
}
