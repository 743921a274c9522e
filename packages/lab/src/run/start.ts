import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createTopics } from '@quadrille/kafka';
import { startKafka } from '@quadrille/local';
import { DECISIONS_TOPIC } from '../coordinator/kafka-decisions.js';
import type { ProtocolOptions } from '../protocols/all.js';
import { CHOREOGRAPHY, MOMENTS } from '../protocols/all.js';
import { startChoreography } from './choreography.js';
import { placeAt } from './customers.js';
import { strike } from './faults.js';
import { startLab } from './lab-system.js';
import type { Runnable } from './run.js';
import { type Databases, rollBackLeftovers, startDatabases } from './servers.js';
import { stockTheShop } from './stock-the-shop.js';

export interface StartOptions {
  readonly protocol: string;
  readonly options: ProtocolOptions;
  readonly decisions: 'postgres' | 'kafka';
  readonly withPartition: boolean;
  readonly dataDir: string;
  readonly say: (line: string) => void;
}

/** Starts a protocol on empty databases. */
export async function start(
  given: StartOptions,
): Promise<Runnable & { stop(): Promise<void>; lab?: { databases: Databases; intakes: readonly string[] } }> {
  const { protocol, options, dataDir, say } = given;
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  if (protocol === CHOREOGRAPHY) return startChoreography(dataDir, {});
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const databases = await startDatabases(dataDir);
    stops.push(() => databases.stop());
    await rollBackLeftovers(databases);
    await stockTheShop(databases);
    const brokers = given.decisions === 'kafka' ? await startLog(dataDir, stops, say) : undefined;
    const lab = await startLab({ protocol, options, databases, ...(brokers && { brokers }) });
    stops.push(() => lab.stop());
    say(
      `4 participants, 2 coordinators, PostgreSQL (fsync on)${brokers ? `, decisions on ${brokers.length} Kafka broker(s)` : ''}`,
    );
    return {
      databases,
      place: placeAt(lab.intakes),
      calls: () => lab.calls(),
      strike: (fault, book, tell) =>
        strike(fault, {
          lab,
          databases,
          book,
          say: tell,
          moment: MOMENTS[protocol]!,
          withPartition: given.withPartition,
        }),
      stop,
      lab: { databases, intakes: lab.intakes },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts the brokers of the decision log, or uses those of KAFKA_BROKERS. */
async function startLog(
  dataDir: string,
  stops: (() => Promise<unknown>)[],
  say: (line: string) => void,
): Promise<readonly string[]> {
  const kafka = await startKafka({ dataDir: join(dataDir, 'kafka'), onProgress: say });
  stops.push(() => kafka.stop());
  const replicas = Math.min(3, kafka.brokers.length);
  if (replicas < 3)
    say('decision log on one broker: it survives a coordinator, not the broker; list three in KAFKA_BROKERS');
  await createTopics({
    brokers: kafka.brokers,
    clientId: 'quadrille.lab',
    topics: [DECISIONS_TOPIC],
    partitions: 1,
    replicationFactor: replicas,
  });
  return kafka.brokers;
}
