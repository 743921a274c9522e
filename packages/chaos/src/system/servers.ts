import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { topicsOf } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { type Connection, createTopics } from '@quadrille/kafka';
import {
  freePort,
  isFree,
  type LocalKafka,
  type LocalPostgres,
  openToUsers,
  SUPER_USER,
  startKafka,
  startPostgres,
  USERS,
} from '@quadrille/local';
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

/** Starts the server on a data folder. `secure`: with TLS, end to end through the proxies. */
export async function breakablePostgres(dataDir: string, secure: boolean): Promise<BreakablePostgres> {
  const folder = join(dataDir, 'postgres');
  let current = await startPostgres({ dataDir: folder, tls: secure });
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
      createReader: (databases, password) => current.createReader(databases, password),
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
async function makeTopics(connection: Connection): Promise<void> {
  const topics = topicsOf(checkout, shop);
  for (let attempt = 1; ; attempt++) {
    try {
      return await createTopics({ ...connection, topics, partitions: PARTITIONS, replicationFactor: 1 });
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
  /** The direct address, with the superuser's credentials where the broker demands a login. */
  readonly connection: Connection;
  kill(): void;
  stop(): Promise<void>;
  bringBack(): Promise<void>;
}

/**
 * Starts the broker on a data folder. Its advertised listener also leads through the proxy. `secure`: with TLS, a user per service and the
 * least rights.
 */
export async function breakableKafka(dataDir: string, secure: boolean): Promise<BreakableKafka> {
  const behind = await freePort();
  const proxy = await FaultProxy.listen(() => ({ host: '127.0.0.1', port: behind }), await freePort());
  const kafka = await startKafka({
    dataDir: join(dataDir, 'kafka'),
    extraListener: { port: behind, advertisedPort: proxy.port },
    readyWithinMs: READY_WITHIN_MS,
    ...(secure && { users: USERS }),
  });
  if (kafka.pid === undefined) {
    await proxy.close();
    throw new Error('Chaos kills the broker and needs its own. Unset KAFKA_BROKERS.');
  }
  const revival = new Revival();
  const connection = {
    brokers: kafka.brokers,
    clientId: 'quadrille.chaos',
    ...(kafka.secured && { security: kafka.secured.security(SUPER_USER) }),
  };
  if (secure) await openToUsers(kafka, { TOPIC_PARTITIONS: String(PARTITIONS) });
  else await makeTopics(connection);
  const server: LocalKafka = {
    brokers: [`127.0.0.1:${proxy.port}`],
    how: kafka.how,
    ...(kafka.secured && { secured: kafka.secured }),
    async stop() {
      await revival.end();
      await proxy.close();
      await kafka.stop();
    },
  };
  return {
    server,
    proxy,
    connection,
    kill: () => process.kill(kafka.pid!, 'SIGKILL'),
    stop: () => kafka.stop(),
    bringBack: () => revival.bringBack(() => kafka.restart!()),
  };
}
