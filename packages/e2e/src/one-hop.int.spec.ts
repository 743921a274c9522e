import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudEventType, groupOf, topicOf } from '@quadrille/choreography';
import { checkout, exampleOrder, PaymentAuthorized } from '@quadrille/contracts';
import { ConsumerLag, EventProducer, encodeCloudEvent } from '@quadrille/kafka';
import { type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import pg from 'pg';
import { eventually } from './eventually.js';

/** The list for readers who follow an event through the code. */
const PAGE = 'docs/explanation/how-a-batch-works.md';
const SECTION = /## The files of one hop\n[\s\S]*?\n## /;
const LISTED = /^\| .*$/gm;
const LINKED = /\]\(\.\.\/\.\.\/(packages\/[^)]+\.ts)\)/g;
/** The list may become shorter. */
const MAX_FILES = 48;

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** The packages without the contracts, which are the application's. */
const PLUMBING = /^packages\/(?!contracts\/|e2e\/)[^/]+\/dist\//;
const HOPS = 3;
/** Longer than every poll interval of a service. */
const QUIET_MS = 1_500;

const folder = mkdtempSync(join(tmpdir(), 'quadrille-hop-'));
const topic = topicOf(checkout, PaymentAuthorized);
let postgres: LocalPostgres;
let kafka: LocalKafka;
let service: ChildProcess;
let database: pg.Client;
let lag: ConsumerLag;
let producer: EventProducer;
let orders = 0;

beforeAll(async () => {
  postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  kafka = await startKafka({ dataDir: join(folder, 'kafka') });
  const url = await postgres.createService('inventory', 'secret');
  service = fork(join(ROOT, 'apps/inventory/dist/main.js'), [], {
    execArgv: ['--import', new URL('./one-hop/ran-functions.mjs', import.meta.url).href],
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: url,
      KAFKA_BROKERS: kafka.brokers.join(','),
      PORT: '0',
      LOG_LEVEL: 'warn',
      TOPIC_PARTITIONS: '1',
      QUADRILLE_PARENT_WATCH: '1',
    },
  });
  database = new pg.Client(url);
  await database.connect();
  const connection = { brokers: kafka.brokers, clientId: 'hop' };
  lag = new ConsumerLag(connection, groupOf(checkout.system, 'inventory'));
  producer = new EventProducer(connection);
  const partitions = () =>
    lag.of([topic]).then(
      ({ size }) => size,
      () => 0,
    );
  await eventually('the topic', partitions, (found) => found === 1);
}, 180_000);

afterAll(async () => {
  if (service?.connected) {
    const exited = once(service, 'exit');
    service.disconnect();
    await exited;
  }
  await producer?.disconnect();
  await lag?.disconnect();
  await database?.end();
  await kafka?.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends one event; resolves once its offset is committed, and the event of its step is published and gone from the outbox. */
async function hop(): Promise<void> {
  const order = exampleOrder({ orderId: `01980000-0000-7000-8000-${String(++orders).padStart(12, '0')}` });
  const count = async (table: string) => (await database.query(`select count(*)::int from ${table}`)).rows[0].count;
  const time = new Date().toISOString();
  const event = { id: crypto.randomUUID(), subject: order.orderId, time, correlationid: order.orderId, data: order };
  const type = cloudEventType(PaymentAuthorized);
  await producer.send([encodeCloudEvent(topic, { ...event, type, source: '/payment/authorize-payment' })]);
  await eventually(
    'the step',
    () => count('reservations'),
    (found) => found === orders,
  );
  await eventually(
    'the relay',
    () => count('outbox'),
    (found) => found === 0,
  );
  const progress = async () => [...(await lag.of([topic])).values()];
  await eventually('the commit', progress, ([first]) => first !== undefined && first.committed === first.end);
}

/** The functions of our packages that ran since the last call, as `packages/kafka/src/producer.ts send@123`. */
async function ranFunctions(): Promise<string[]> {
  const answer = once(service, 'message');
  service.send('take');
  const [ran] = (await answer) as [Record<string, readonly string[]>];
  const root = pathToFileURL(ROOT).href;
  return Object.entries(ran).flatMap(([url, names]) => {
    const file = url.startsWith(root) ? url.slice(root.length) : '';
    if (!PLUMBING.test(file)) return [];
    const source = file.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
    return names.map((name) => `${source} ${name}`);
  });
}

/** The functions that also run without an event: of polls, heartbeats and timers. Observed until a period adds none. */
async function ranInQuiet(): Promise<Set<string>> {
  const periodic = new Set<string>();
  for (let size = -1; size < periodic.size; ) {
    size = periodic.size;
    await pause(QUIET_MS);
    for (const each of await ranFunctions()) periodic.add(each);
  }
  return periodic;
}

/** The files in the table of the page. */
function listedFiles(): string[] {
  const [section] = readFileSync(join(ROOT, PAGE), 'utf8').match(SECTION) ?? [''];
  const rows = section.match(LISTED) ?? [];
  return rows.flatMap((row) => [...row.matchAll(LINKED)].map(([, file]) => file!));
}

/**
 * A file counts if one of its functions ran in each of some hops, and in no period without an event: so a timer that fires by chance
 * does not count, and neither does a poll that runs anyway.
 */
describe('one hop of an event', () => {
  it(`passes the listed files of the packages, at most ${MAX_FILES}`, async () => {
    await hop();
    await ranFunctions();
    const hops: string[][] = [];
    for (let nth = 0; nth < HOPS; nth++) {
      await hop();
      hops.push(await ranFunctions());
    }
    const periodic = await ranInQuiet();
    const [first = [], ...others] = hops;
    const inEach = first.filter((each) => others.every((ran) => ran.includes(each)));
    const filesOf = (ran: readonly string[]) =>
      [...new Set(ran.map((each) => each.slice(0, each.indexOf(' '))))].sort();
    const files = filesOf(inEach.filter((each) => !periodic.has(each)));
    const listed = listedFiles();
    expect(files.filter((file) => !listed.includes(file))).toEqual([]);
    expect(listed.filter((file) => !filesOf(inEach).includes(file))).toEqual([]);
    expect(listed.length).toBeLessThanOrEqual(MAX_FILES);
  });
});
