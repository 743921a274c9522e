import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { topicsOf } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { createTopics } from '@quadrille/kafka';
import { freePort, isFree, type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { FaultProxy } from '../proxy/fault-proxy.js';

const LOOK_EVERY_MS = 50;
/** On a busy machine a server may not be ready in time, or find locks of the killed process. */
const START_ATTEMPTS = 3;
/** A JVM start next to twelve busy processes. */
const READY_WITHIN_MS = 180_000;

/** Partitions per topic. */
export const PARTITIONS = 6;

/** Serialises restarts of a server, and prevents them after the final stop. */
class Revival {
  #over = false;
  #starting: Promise<void> = Promise.resolve();

  bringBack(start: () => Promise<void>): Promise<void> {
    this.#starting = this.#insist(start);
    return this.#starting;
  }

  /** Waits for a restart in progress and prevents further ones. */
  async end(): Promise<void> {
    this.#over = true;
    await this.#starting.catch(() => {});
  }

  async #insist(start: () => Promise<void>): Promise<void> {
    for (let attempt = 1; !this.#over; attempt++) {
      try {
        return await start();
      } catch (error) {
        if (attempt === START_ATTEMPTS) throw error;
      }
    }
  }
}

/** A PostgreSQL server that can be killed and restarted on its port. Services reach their database through one proxy each. */
export interface BreakablePostgres {
  /** For `startSystem`: it creates databases whose URLs lead through the proxies. */
  readonly server: LocalPostgres;
  /** By service: the proxies for fault injection. */
  readonly proxies: ReadonlyMap<string, FaultProxy>;
  /** By service: the direct URLs for auditing. */
  readonly directUrls: ReadonlyMap<string, string>;
  superuserUrl(database: string): string;
  kill(): Promise<void>;
  stop(): Promise<void>;
  bringBack(): Promise<void>;
}

/** Starts the server on a data folder. */
export async function breakablePostgres(dataDir: string): Promise<BreakablePostgres> {
  const folder = join(dataDir, 'postgres');
  let current = await startPostgres({ dataDir: folder });
  const { port } = current;
  const revival = new Revival();
  const proxies = new Map<string, FaultProxy>();
  const directUrls = new Map<string, string>();
  const behindProxy = async (service: string, url: string) => {
    const proxy = proxies.get(service) ?? (await FaultProxy.listen(() => ({ host: '127.0.0.1', port })));
    proxies.set(service, proxy);
    directUrls.set(service, url);
    const through = new URL(url);
    through.port = String(proxy.port);
    return through.toString();
  };
  const kill = async () => {
    process.kill(current.pid, 'SIGKILL');
    while (!(await isFree(port))) await pause(LOOK_EVERY_MS);
  };
  return {
    server: {
      port,
      pid: current.pid,
      superuserUrl: current.superuserUrl,
      url: (database, role) => current.url(database, role),
      createService: async (name, password) => behindProxy(name, await current.createService(name, password)),
      async stop() {
        await revival.end();
        await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
        await current.stop();
      },
    },
    proxies,
    directUrls,
    superuserUrl: (database) => current.url(database),
    kill,
    stop: () => current.stop(),
    bringBack: () =>
      revival.bringBack(async () => {
        current = await startPostgres({ dataDir: folder, port });
      }),
  };
}

/** Creates the topics before seven services create them concurrently, each with a time limit. */
async function makeTopics(brokers: readonly string[]): Promise<void> {
  const topics = topicsOf(checkout.system, shop);
  for (let attempt = 1; ; attempt++) {
    try {
      return await createTopics({
        brokers,
        clientId: 'quadrille.chaos',
        topics,
        partitions: PARTITIONS,
        replicationFactor: 1,
      });
    } catch (error) {
      if (attempt === START_ATTEMPTS) throw error;
    }
  }
}

/** A broker whose clients all connect through a proxy. */
export interface BreakableKafka {
  /** For `startSystem`: its broker address is the proxy. */
  readonly server: LocalKafka;
  readonly proxy: FaultProxy;
  /** The direct address. */
  readonly directBrokers: readonly string[];
  kill(): void;
  stop(): Promise<void>;
  bringBack(): Promise<void>;
}

/** Starts the broker on a data folder. Its advertised listener also leads through the proxy. */
export async function breakableKafka(dataDir: string): Promise<BreakableKafka> {
  const behind = await freePort();
  const proxy = await FaultProxy.listen(() => ({ host: '127.0.0.1', port: behind }), await freePort());
  const kafka = await startKafka({
    dataDir: join(dataDir, 'kafka'),
    sideDoor: { port: behind, advertisedPort: proxy.port },
    readyWithinMs: READY_WITHIN_MS,
  });
  if (kafka.pid === undefined) {
    await proxy.close();
    throw new Error('Chaos kills the broker and needs its own. Unset KAFKA_BROKERS.');
  }
  const revival = new Revival();
  await makeTopics(kafka.brokers);
  const server: LocalKafka = {
    brokers: [`127.0.0.1:${proxy.port}`],
    how: kafka.how,
    async stop() {
      await revival.end();
      await proxy.close();
      await kafka.stop();
    },
  };
  return {
    server,
    proxy,
    directBrokers: kafka.brokers,
    kill: () => process.kill(kafka.pid!, 'SIGKILL'),
    stop: () => kafka.stop(),
    bringBack: () => revival.bringBack(() => kafka.restart!()),
  };
}
