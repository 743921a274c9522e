import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLEAR, FaultProxy, type LinkConditions } from '@quadrille/chaos';
import { freePort, NODE_FLAGS, type RunningProcess, startProcess } from '@quadrille/local';
import { SERVICES } from '../calls.js';
import type { ProtocolConfig } from '../process/protocol-config.js';
import type { ServiceName } from '../protocol.js';
import type { Databases } from './servers.js';

export const COORDINATORS = ['coordinator-1', 'coordinator-2'] as const;
/** The services on the far side of a partition. */
const FAR: ReadonlySet<string> = new Set(['inventory', 'shipping']);

/** Four participants and two coordinators of one protocol, one process each, with a proxy on every link between them. */
export interface LabSystem {
  /** The base URLs at which coordinators accept orders. */
  readonly intakes: readonly string[];
  readonly processes: ReadonlyMap<string, RunningProcess>;
  /** Cuts {coordinators, order, payment} from {inventory, shipping}. Connections stay open without traffic. */
  cut(): void;
  /** Delays all bytes on every link, each way. */
  slow(latencyMs: number): void;
  heal(): void;
  /** Lets all processes follow another protocol. The system must be at rest. */
  follow(rules: ProtocolConfig): Promise<void>;
  /** Calls that the coordinators have made. */
  calls(): Promise<number>;
  stop(): Promise<void>;
}

export interface LabOptions {
  readonly rules: ProtocolConfig;
  /** A folder for the file that names the protocol. */
  readonly dataDir: string;
  readonly databases: Databases;
  /** The brokers of the shared decision log; without them each coordinator has its own log in PostgreSQL. */
  readonly brokers?: readonly string[];
  /** The card processor; without it, cards cannot be charged. */
  readonly providerUrl?: string;
}

const mainOf = (kind: string) => fileURLToPath(new URL(`../${kind}/main.js`, import.meta.url));

export async function startLab(given: LabOptions): Promise<LabSystem> {
  const { databases, brokers, providerUrl } = given;
  const file = join(given.dataDir, 'protocol.json');
  const write = (rules: ProtocolConfig) => writeFileSync(file, JSON.stringify(rules));
  write(given.rules);
  const names = [...COORDINATORS, ...SERVICES];
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
  const links: { from: string; to: ServiceName; proxy: FaultProxy }[] = [];
  for (const from of names) {
    for (const to of SERVICES) {
      const target = () => ({ host: '127.0.0.1', port: ports[to]! });
      links.push({ from, to, proxy: await FaultProxy.listen(target) });
    }
  }
  const processes = new Map<string, RunningProcess>();
  const setLinks = (conditions: LinkConditions, isMeant = (_: { from: string; to: string }) => true) => {
    for (const link of links) if (isMeant(link)) link.proxy.conditions = conditions;
  };
  const stop = async () => {
    for (const { pid, running } of processes.values()) if (running) process.kill(-pid, 'SIGCONT');
    await Promise.all([...processes.values()].map((each) => each.stop(2_000)));
    await Promise.all(links.map(({ proxy }) => proxy.close()));
  };
  const start = async (name: string) => {
    const own = links.filter(({ from }) => from === name);
    const participants = Object.fromEntries(own.map(({ to, proxy }) => [to, `http://127.0.0.1:${proxy.port}`]));
    const isService = (SERVICES as readonly string[]).includes(name);
    const env = {
      LAB_PORT: String(ports[name]),
      LAB_PROTOCOL_FILE: file,
      LAB_PARTICIPANTS: JSON.stringify(participants),
      KAFKAJS_NO_PARTITIONER_WARNING: '1',
      ...(isService
        ? { LAB_SERVICE: name, DATABASE_URL: databases.urls[name], PAYMENT_PROVIDER_URL: providerUrl }
        : {
            LAB_COORDINATOR: name,
            LAB_DATABASE_URL: databases.urls.coordinators,
            LAB_LOG_URL: databases.urls[name],
            LAB_BROKERS: brokers?.join(','),
          }),
    };
    processes.set(
      name,
      await startProcess({
        name: `${name} of the lab`,
        command: process.execPath,
        args: [...NODE_FLAGS, mainOf(isService ? 'participant' : 'coordinator')],
        env,
        readyWhen: `http://127.0.0.1:${ports[name]}/health/ready`,
        readyWithinMs: 120_000,
      }),
    );
  };
  const started = await Promise.allSettled(names.map(start));
  const failed = started.find((each) => each.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    intakes: COORDINATORS.map((name) => `http://127.0.0.1:${ports[name]}`),
    processes,
    cut: () => setLinks({ ...CLEAR, blackHole: true }, ({ from, to }) => FAR.has(from) !== FAR.has(to)),
    slow: (latencyMs) => setLinks({ ...CLEAR, latencyMs }),
    heal: () => setLinks(CLEAR),
    async follow(rules) {
      write(rules);
      await Promise.all(names.map((name) => fetch(`http://127.0.0.1:${ports[name]}/protocol`, { method: 'POST' })));
    },
    calls: async () => {
      const counts = await Promise.all(COORDINATORS.map((name) => callsOf(`http://127.0.0.1:${ports[name]}/calls`)));
      return counts.reduce((sum, each) => sum + each, 0);
    },
    stop,
  };
}

async function callsOf(url: string): Promise<number> {
  try {
    return ((await (await fetch(url)).json()) as { count: number }).count;
  } catch {
    return 0;
  }
}
