import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTopics } from '@quadrille/kafka';
import { freePort, NODE_FLAGS, startKafkaCluster, startProcess } from '@quadrille/local';
import { DECISIONS_TOPIC } from '../coordinator/kafka-decisions.js';
import type { ProtocolConfig } from '../process/protocol-config.js';
import { CHOREOGRAPHY, protocolOf, WORST_CRASH_POINTS } from '../protocols/all.js';
import { startChoreography } from './choreography.js';
import { placeAt } from './customers.js';
import { emptyFolder } from './data-folder.js';
import type { Fault } from './faults.js';
import { type Broker, inject } from './inject.js';
import { type LabSystem, startLab } from './lab-system.js';
import type { Runnable } from './run.js';
import { empty, rollBackLeftovers, startDatabases } from './servers.js';
import { stockTheShop } from './stock-the-shop.js';

export interface StartOptions extends ProtocolConfig {
  readonly decisions: 'postgres' | 'kafka';
  /** The faults that the runs will inject. Some need a card processor, or links that can be changed. */
  readonly faults: readonly Fault[];
  readonly dataDir: string;
  readonly print: (line: string) => void;
}

/** Starts a protocol on empty databases. */
export async function start(given: StartOptions): Promise<Runnable & { stop(): Promise<void>; lab?: LabSystem }> {
  const { faults, dataDir, print } = given;
  let { protocol, options } = given;
  await emptyFolder(dataDir);
  if (protocol === CHOREOGRAPHY) return startChoreography(dataDir, faults);
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const databases = await startDatabases(dataDir);
    stops.push(() => databases.stop());
    await rollBackLeftovers(databases);
    await stockTheShop(databases);
    const log = given.decisions === 'kafka' ? await startLog(dataDir, stops, print) : undefined;
    const providerUrl = faults.includes('outside') ? await startProvider(dataDir, stops) : undefined;
    const lab = await startLab({
      rules: { protocol, options },
      dataDir,
      databases,
      ...(log && { brokers: log.addresses }),
      ...(providerUrl && { providerUrl }),
    });
    stops.push(() => lab.stop());
    print(
      `4 participants, 2 coordinators, PostgreSQL (fsync on)${log ? `, decisions on ${log.addresses.length} Kafka broker(s)` : ''}`,
    );
    return {
      databases,
      place: placeAt(lab.intakes),
      calls: () => lab.calls(),
      recovers: () => {
        const { resume, sweep } = protocolOf(protocol, options);
        return Boolean(resume ?? sweep);
      },
      inject: (what, durationMs, sentOrders, print) =>
        inject(what, durationMs, {
          lab,
          databases,
          sentOrders,
          print,
          crashPoint: WORST_CRASH_POINTS[protocol]!,
          // Behind a partition, or without a quorum of brokers, locks wait in any protocol.
          mustRelease:
            what.startsWith('driver') &&
            (log !== undefined || protocolOf(protocol, options).guarantees.availability === 'does not block'),
          brokers: log?.brokers ?? [],
        }),
      ...(providerUrl && { providerUrl }),
      stop,
      lab,
      async clear(next) {
        if (next) {
          ({ protocol, options } = next);
          await lab.follow(next);
        }
        await empty(databases);
        await stockTheShop(databases);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts three brokers for the decision log, or uses those of KAFKA_BROKERS. */
async function startLog(
  dataDir: string,
  stops: (() => Promise<unknown>)[],
  print: (line: string) => void,
): Promise<{ addresses: readonly string[]; brokers: readonly Broker[] }> {
  const cluster = await startKafkaCluster({ dataDir: join(dataDir, 'kafka'), nodes: 3, onProgress: print });
  stops.push(() => cluster.stop());
  const addresses = cluster.nodes.flatMap(({ brokers }) => brokers);
  const replicas = Math.min(3, addresses.length);
  if (replicas < 3) print('decision log on fewer than three brokers: it survives a coordinator, not a broker');
  await createTopics({
    brokers: addresses,
    clientId: 'quadrille.lab',
    topics: [DECISIONS_TOPIC],
    partitions: 1,
    replicationFactor: replicas,
  });
  const brokers = cluster.nodes.flatMap(({ pid, restart }) =>
    pid && restart ? [{ kill: () => process.kill(pid, 'SIGKILL'), bringBack: restart }] : [],
  );
  return { addresses, brokers };
}

const PROVIDER_MAIN = fileURLToPath(new URL('../../../../apps/payment-provider/dist/main.js', import.meta.url));

/** The card processor of the shop. */
async function startProvider(dataDir: string, stops: (() => Promise<unknown>)[]): Promise<string> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const provider = await startProcess({
    name: 'payment-provider',
    command: process.execPath,
    args: [...NODE_FLAGS, PROVIDER_MAIN],
    env: { PORT: new URL(url).port, PROVIDER_DATA_DIR: join(dataDir, 'payment-provider'), LOG_LEVEL: 'silent' },
    readyWhen: `${url}/health/ready`,
    readyWithinMs: 120_000,
  });
  stops.push(() => provider.stop());
  return url;
}
