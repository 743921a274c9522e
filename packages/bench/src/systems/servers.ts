import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TopicNaming, topicsOf } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { createTopics } from '@quadrille/kafka';
import { type LocalKafka, type LocalPostgres, openToUsers, startKafka, startPostgres, USERS } from '@quadrille/local';
import { READY_WITHIN_MS, Started } from './started.js';

/**
 * In addition to the settings of every local server (fsync and synchronous_commit stay on), statements are counted and commit
 * timestamps recorded, which gives the end of an order in microseconds without polling. Both sides use the same settings.
 */
const SETTINGS = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.max': '5000',
  'pg_stat_statements.save': 'off',
  track_commit_timestamp: 'on',
  // Four instances of each service have one pool each.
  max_connections: '400',
  // Four per order in flight, for the two-phase commit reference; it costs the others a little shared memory.
  max_prepared_transactions: '1100',
};

/** Partitions per topic, as in `npm start`. */
export const PARTITIONS = 6;

/** The broker and the database server of one run, with empty data. */
export interface Servers {
  readonly dataDir: string;
  readonly postgres: LocalPostgres;
  readonly kafka: LocalKafka;
  /** The pid of the broker; undefined if it runs in a container, where its CPU cannot be measured. */
  readonly kafkaPid: number | undefined;
  /** The folder to which services write their counts of Kafka requests. */
  readonly countsDir: string;
}

/** The form of the servers. */
export interface ServersOptions {
  /** The names of the topics. Default: those of the shop. */
  readonly naming?: TopicNaming;
  readonly partitions?: number | undefined;
  /** With TLS, and Kafka with a user and the least rights per service. */
  readonly secured?: boolean | undefined;
}

/** Starts both on new data, which is removed when `started` ends. Kafka is a local JVM unless QUADRILLE_KAFKA is set. */
export async function startServers(started: Started, options: ServersOptions = {}): Promise<Servers> {
  const { naming = checkout, partitions = PARTITIONS, secured = false } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'quadrille-bench-'));
  started.track({ stop: async () => rmSync(dataDir, { recursive: true, force: true }) });
  const countsDir = join(dataDir, 'counts');
  mkdirSync(countsDir);
  const via = process.env.QUADRILLE_KAFKA || process.env.KAFKA_BROKERS ? {} : ({ via: 'jvm' } as const);
  const starting = [
    startPostgres({ dataDir: join(dataDir, 'postgres'), settings: SETTINGS, tls: secured }).then((each) =>
      started.track(each),
    ),
    startKafka({
      dataDir: join(dataDir, 'kafka'),
      readyWithinMs: READY_WITHIN_MS,
      ...via,
      ...(secured && { users: USERS }),
    }).then((each) => started.track(each)),
  ] as const;
  await Promise.allSettled(starting);
  const [postgres, kafka] = await Promise.all(starting);
  if (secured) await openToUsers(kafka, { TOPIC_PARTITIONS: String(partitions) });
  else await makeTopics(kafka.brokers, naming, partitions);
  return { dataDir, postgres, kafka, kafkaPid: /JVM/.test(kafka.how) ? kafka.pid : undefined, countsDir };
}

/** Each attempt has a time limit; on a busy machine a new broker may need several. */
const ATTEMPTS = 4;

/** Creates every topic before the services start, which would otherwise create them concurrently. */
async function makeTopics(brokers: readonly string[], naming: TopicNaming, partitions: number): Promise<void> {
  const wanted = { topics: topicsOf(naming, shop), partitions, replicationFactor: 1 };
  for (let attempt = 1; ; attempt++) {
    try {
      return await createTopics({ brokers: [...brokers], clientId: 'quadrille.bench', ...wanted });
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
