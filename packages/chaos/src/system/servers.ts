import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { topicsOf } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { createTopics } from '@quadrille/kafka';
import { freePort, isFree, type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { FaultProxy } from '../proxy/fault-proxy.js';

const LOOK_EVERY_MS = 50;
/** On a busy machine a server may not be ready in time, or find what the dead one held still held. */
const START_ATTEMPTS = 3;
/** A JVM that starts beside twelve busy processes. */
const READY_WITHIN_MS = 180_000;

/** Of each topic. */
export const PARTITIONS = 6;

/** What is started again, one start at a time, and never once it was stopped for good. */
class Revival {
  #over = false;
  #starting: Promise<void> = Promise.resolve();

  bringBack(start: () => Promise<void>): Promise<void> {
    this.#starting = this.#insist(start);
    return this.#starting;
  }

  /** Waits for a start that is under way. */
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

/** A database server that can be killed and comes back on its port; services reach their database through a proxy each. */
export interface BreakablePostgres {
  /** For `startSystem`: the databases it makes are those behind the proxies. */
  readonly server: LocalPostgres;
  /** By service: the way that can be broken. */
  readonly proxies: ReadonlyMap<string, FaultProxy>;
  /** By service: the way that always works, for who looks on. */
  readonly directUrls: ReadonlyMap<string, string>;
  superuserUrl(database: string): string;
  kill(): Promise<void>;
  stop(): Promise<void>;
  bringBack(): Promise<void>;
}

/** Starts it on a data folder. */
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

/** Before seven services ask for them at the same time, each for a bounded time. */
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

/** A broker whose clients all come through a proxy. */
export interface BreakableKafka {
  /** For `startSystem`: its brokers are the proxy. */
  readonly server: LocalKafka;
  readonly proxy: FaultProxy;
  /** The way that always works. */
  readonly directBrokers: readonly string[];
  kill(): void;
  stop(): Promise<void>;
  bringBack(): Promise<void>;
}

/** Starts it on a data folder. What it tells its clients of itself leads through the proxy as well. */
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
    throw new Error('Brokers of somebody else are not ours to kill: unset KAFKA_BROKERS.');
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
