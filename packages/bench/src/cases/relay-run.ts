import { setTimeout as pause } from 'node:timers/promises';
import { topicOf } from '@quadrille/choreography';
import { checkout, OrderCreated } from '@quadrille/contracts';
import { readTopics } from '@quadrille/kafka';
import { Kafka, logLevel } from 'kafkajs';
import type pg from 'pg';
import { sum } from '../measure/figures.js';
import { oneRow } from '../measure/statements.js';
import { beginWindow } from '../measure/window.js';
import { connected } from '../measure/with-database.js';
import { pauseRelay } from '../systems/hold-topics.js';
import type { Shop } from '../systems/shop.js';
import { prepared } from './drain-run.js';

const TOPIC = topicOf(checkout, OrderCreated);
const LOOK_EVERY_MS = 20;
const TIMEOUT_MS = 180_000;

/** The load of a relay: rows per round, rounds, and whether a snapshot stays open for all rounds. */
export interface RelayLoad {
  readonly rows: number;
  readonly rounds: number;
  /** Rows of the warm-up round. */
  readonly warmUpRows: number;
  readonly snapshot?: boolean;
}

/** The measurements of a relay. */
export interface Relayed {
  readonly rowsPerSecond: number;
  readonly cpuMicrosPerRow: number;
}

/**
 * Fills the outbox of the order service while its relay is paused, resumes it, and waits until the broker has every row and the table
 * is empty. At the end the topic must contain every row, in order per key. A warm-up round comes first.
 */
export async function relay(shop: Shop, load: RelayLoad): Promise<Relayed> {
  await prepared(shop);
  const pin = load.snapshot ? await pinSnapshot(shop) : undefined;
  const kafka = new Kafka({ clientId: 'quadrille.bench', brokers: [...shop.brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const onTopic = async () =>
    (await admin.fetchTopicOffsets(TOPIC)).reduce((total, { high }) => total + Number(high), 0);
  try {
    let filled = 0;
    let seconds = 0;
    let micros = 0;
    for (let round = 0; round <= load.rounds; round++) {
      const rows = round === 0 ? load.warmUpRows : load.rows;
      await pauseRelay(shop.orderUrl, true);
      const before = await onTopic();
      await fill(shop, filled, rows);
      filled += rows;
      const end = await beginWindow(shop);
      const began = performance.now();
      await pauseRelay(shop.orderUrl, false);
      await until(async () => (await onTopic()) >= before + rows);
      const took = (performance.now() - began) / 1_000;
      await until(async () => (await oneRow<{ rows: number }>(shop.databases.order!, LEFT)).rows === 0);
      const used = await end();
      if (round === 0) continue;
      seconds += took;
      micros += sum(used.cpuMicros);
    }
    await demandEveryRow(shop, filled);
    const rows = load.rows * load.rounds;
    return { rowsPerSecond: rows / seconds, cpuMicrosPerRow: micros / rows };
  } finally {
    await admin.disconnect();
    await pin?.end().catch(() => {});
  }
}

const LEFT = 'select exists(select from outbox)::int as rows';

/**
 * Each key has two consecutive records; no service handles this event type. 500 records form one transaction's rows, as under load:
 * a row per shard, with one line for topics, keys and headers, then one line per payload.
 */
const FILL = `
  insert into outbox (shard, size, records)
  select n / 2 % 16, count(*),
         E'\\n' || json_agg(json_build_array('${TOPIC}', md5((n / 2)::text)::uuid::text,
           json_build_object('content-type', 'application/json', 'ce_specversion', '1.0', 'ce_id', md5('row ' || n)::uuid,
                             'ce_source', '/order/bench', 'ce_type', 'quadrille.bench.filler.v1', 'ce_subject', n::text,
                             'ce_time', now(), 'ce_correlationid', md5((n / 2)::text)::uuid)) order by n)
         || E'\\n' || string_agg(json_build_object('n', n, 'filler', repeat('x', 400))::text, E'\\n' order by n)
    from generate_series($1::int, $1::int + $2::int - 1) as n
   where pg_current_xact_id() is not null
   group by n / 500, n / 2 % 16
   order by n / 500, n / 2 % 16`;

async function fill(shop: Shop, from: number, rows: number): Promise<void> {
  await oneRow(shop.databases.order!, FILL, [from, rows]);
  await oneRow(shop.databases.order!, 'analyze outbox');
}

async function pinSnapshot(shop: Shop): Promise<pg.Client> {
  const client = await connected(shop.databases.order!);
  await client.query('begin isolation level repeatable read');
  await client.query('select count(*) from outbox');
  return client;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('The relay did not send all rows in time.');
    await pause(LOOK_EVERY_MS);
  }
}

async function demandEveryRow(shop: Shop, wanted: number): Promise<void> {
  const latest = new Map<string, number>();
  const seen = new Set<number>();
  let disorder = 0;
  await readTopics({ brokers: [...shop.brokers], clientId: 'quadrille.bench', topics: [TOPIC] }, ({ key, headers }) => {
    if (headers.ce_type !== 'quadrille.bench.filler.v1') return;
    const n = Number(headers.ce_subject);
    // A duplicate of an earlier row is allowed; a first occurrence out of order is not.
    if (!seen.has(n) && n < (latest.get(key ?? '') ?? -1)) disorder++;
    seen.add(n);
    latest.set(key ?? '', Math.max(n, latest.get(key ?? '') ?? -1));
  });
  if (seen.size !== wanted || disorder > 0) {
    throw new Error(`The topic has ${seen.size} of ${wanted} rows, ${disorder} out of order: the run is invalid.`);
  }
}
