import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { makeTopics } from './make-topics.js';
import { READY_WITHIN_MS, Started } from './started.js';

/**
 * Beside the settings of every local server (fsync and synchronous_commit stay on): statements are counted, and when a
 * transaction was committed is written down, which tells an order's end to the microsecond without anybody looking. Both sides alike.
 */
const SETTINGS = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.max': '5000',
  'pg_stat_statements.save': 'off',
  track_commit_timestamp: 'on',
  // Four instances of each service have a pool each.
  max_connections: '400',
  // Four of each order under way, for the reference with two-phase commit; it costs the others a little shared memory.
  max_prepared_transactions: '1100',
};

/** Of every topic, as `npm start` has them. */
const PARTITIONS = 6;

/** A broker and a database server of one run, with fresh data. */
export interface Servers {
  readonly dataDir: string;
  readonly postgres: LocalPostgres;
  readonly kafka: LocalKafka;
  /** The broker's own process; undefined where it runs in a container and its CPU cannot be seen from here. */
  readonly kafkaPid: number | undefined;
  /** Where services write how many requests they have sent to Kafka. */
  readonly countsDir: string;
}

/** Starts both on data of their own, which are removed when `started` ends. A JVM of this machine, unless QUADRILLE_KAFKA says otherwise. */
export async function startServers(started: Started, partitions = PARTITIONS): Promise<Servers> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quadrille-bench-'));
  started.track({ stop: async () => rmSync(dataDir, { recursive: true, force: true }) });
  const countsDir = join(dataDir, 'counts');
  mkdirSync(countsDir);
  const via = process.env.QUADRILLE_KAFKA || process.env.KAFKA_BROKERS ? {} : ({ via: 'jvm' } as const);
  const starting = [
    startPostgres({ dataDir: join(dataDir, 'postgres'), settings: SETTINGS }).then((each) => started.track(each)),
    startKafka({ dataDir: join(dataDir, 'kafka'), readyWithinMs: READY_WITHIN_MS, ...via }).then((each) =>
      started.track(each),
    ),
  ] as const;
  await Promise.allSettled(starting);
  const [postgres, kafka] = await Promise.all(starting);
  await makeTopics(kafka.brokers, partitions);
  return { dataDir, postgres, kafka, kafkaPid: /JVM/.test(kafka.how) ? kafka.pid : undefined, countsDir };
}
