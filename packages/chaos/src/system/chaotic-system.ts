import { fileURLToPath } from 'node:url';
import { type SagaService, SERVICES } from '@quadrille/contracts';
import type { Security } from '@quadrille/kafka';
import { ShopClient } from '@quadrille/load';
import { AUDITOR as AUDITOR_USER, freePort, type System, seed, startSystem, variablesFor } from '@quadrille/local';
import { FaultProxy } from '../proxy/fault-proxy.js';
import { AUDITOR, DOUBLED } from '../schedule/kinds.js';
import { Watch } from '../watch.js';
import { type OnSaid, startAuditor } from './auditor.js';
import { Instance, STARTED_WITHIN_MS, startInstance } from './instance.js';
import { type BreakableKafka, type BreakablePostgres, breakableKafka, breakablePostgres } from './servers.js';

/** Seconds; short enough that deadlines cancel orders during a fault. */
const ORDER_DEADLINE_SECONDS = '25';
/** Seconds; longer than the deadline of the orders that wait for the provider, even if a fault delayed their deadline. */
const PROVIDER_UNREACHABLE_SECONDS = '75';

const ENVIRONMENT = { LOG_LEVEL: 'warn', QUADRILLE_DEMO: '1', KAFKAJS_NO_PARTITIONER_WARNING: '1' };
const mainOf = (service: string) => fileURLToPath(new URL(`../../../../apps/${service}/dist/main.js`, import.meta.url));

/** The whole system, with an injection point for each component. */
export interface ChaoticSystem {
  readonly postgres: BreakablePostgres;
  readonly kafka: BreakableKafka;
  /** Between payment and the provider. */
  readonly providerProxy: FaultProxy;
  /** By name: `payment-2`. */
  readonly instances: ReadonlyMap<string, Instance>;
  /** The results of the auditor, which is one of the instances. */
  readonly watch: Watch;
  /** A client per instance of the order service. */
  readonly shops: readonly ShopClient[];
  /** Direct addresses for auditing, bypassing the proxies. */
  readonly sources: {
    readonly databases: Readonly<Record<string, string>>;
    readonly brokers: readonly string[];
    readonly security?: Security;
    readonly providerUrl: string;
  };
  stop(): Promise<void>;
}

/** Callbacks of a run. */
export interface Listening {
  readonly onSurprise: (sentence: string) => void;
  /** Called with each line that a service writes. */
  readonly onLine: (instance: string, line: string) => void;
}

/**
 * Starts two instances of each service and one of the rest, seeds the shop, and resolves when orders can be placed. `secure`: Kafka with TLS,
 * a user per service and ACLs; PostgreSQL with TLS.
 */
export async function startChaoticSystem(
  dataDir: string,
  secure: boolean,
  { onSurprise, onLine }: Listening,
): Promise<ChaoticSystem> {
  const started: { stop(): Promise<unknown> }[] = [];
  const stop = async () => {
    for (const each of started.splice(0).reverse()) await each.stop();
  };
  try {
    const postgres = await breakablePostgres(dataDir, secure);
    started.push(postgres.server);
    const kafka = await breakableKafka(dataDir, secure);
    started.push(kafka.server);
    let providerPort = 0;
    const providerProxy = await FaultProxy.listen(() => ({ host: '127.0.0.1', port: providerPort }));
    started.push({ stop: () => providerProxy.close() });
    const providerUrl = `http://127.0.0.1:${providerProxy.port}`;
    const system = await startSystem({
      dataDir,
      ports: 'free',
      servers: { postgres: postgres.server, kafka: kafka.server },
      env: ENVIRONMENT,
      readyWithinMs: STARTED_WITHIN_MS,
      envOf: {
        order: { ORDER_DEADLINE_SECONDS },
        payment: { PAYMENT_PROVIDER_URL: providerUrl },
        'payment-provider': { PROVIDER_UNREACHABLE_SECONDS },
      },
      onLine: (service, line) => onLine(`${service}-1`, line),
    });
    // The system also stops the servers.
    started.splice(0, 2);
    started.push(system);
    providerPort = Number(new URL(system.urls['payment-provider']).port);
    const instances = await instancesOf(system, { PAYMENT_PROVIDER_URL: providerUrl }, { onSurprise, onLine }, started);
    const watch = new Watch();
    const onSaid: OnSaid = (line, stream) => {
      watch.readLine(line, stream);
      if (stream === 'stderr') onLine(AUDITOR, line);
    };
    instances.set(AUDITOR, await startAuditor(system, providerUrl, onSaid, onSurprise));
    const shops = ['order-1', 'order-2'].map(
      (name) => new ShopClient({ ...system.urls, order: instances.get(name)!.url }),
    );
    await seed(shops[0]!);
    const sources = {
      databases: Object.fromEntries(postgres.directUrls),
      brokers: kafka.connection.brokers,
      ...(kafka.server.secured && { security: kafka.server.secured.security(AUDITOR_USER) }),
      providerUrl: system.urls['payment-provider'],
    };
    return { postgres, kafka, providerProxy, instances, watch, shops, sources, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function instancesOf(
  system: System,
  gatewayUrls: Readonly<Record<string, string>>,
  { onSurprise, onLine }: Listening,
  started: { stop(): Promise<unknown> }[],
): Promise<Map<string, Instance>> {
  const instances = new Map<string, Instance>();
  for (const service of SERVICES) {
    const running = system.processes[service];
    const first = new Instance({
      name: `${service}-1`,
      url: system.urls[service],
      adminUrl: system.adminUrls[service],
      start: async () => running,
      onSurprise,
    });
    await first.begin(running);
    instances.set(first.name, first);
  }
  // Registered first, so that it also stops the second instances if one of them does not start.
  started.push({ stop: () => Promise.all([...instances.values()].map((each) => each.stop())) });
  const begin = async (service: SagaService) => {
    const port = await freePort();
    const env = {
      ...ENVIRONMENT,
      ...gatewayUrls,
      ORDER_DEADLINE_SECONDS,
      PORT: String(port),
      DATABASE_URL: system.databases[service]!,
      ...variablesFor(service, system.personalData),
      KAFKA_BROKERS: system.kafka.brokers.join(),
      ...system.kafka.secured?.variables(service),
    };
    const name = `${service}-2`;
    const start = () => startInstance(name, mainOf(service), env, (line) => onLine(name, line));
    const url = `http://127.0.0.1:${port}`;
    const second = new Instance({ name, url, adminUrl: url, start, onSurprise });
    await second.begin();
    instances.set(name, second);
  };
  const results = await Promise.allSettled(DOUBLED.map(begin));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return instances;
}
