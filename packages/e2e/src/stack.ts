import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceName } from '@quadrille/contracts';
import { ShopClient } from '@quadrille/load';
import {
  isFree,
  type LocalPostgres,
  type System,
  type SystemOptions,
  seed,
  startPostgres,
  startSystem,
} from '@quadrille/local';
import { eventually } from './eventually.js';
import { removeData } from './remove-data.js';

/** Longer than any spec: no deadline fires unless a spec makes it due. */
export const DEADLINE_SECONDS = 600;
/**
 * For specs that kill services: a group waits for a crashed member half as long as by default, which would dominate the specs'
 * time. `npm run nightly` uses the default.
 */
export const SOON_MISSED: Readonly<Record<string, string>> =
  process.env.QUADRILLE_EVERY_SERVICE === '1' ? {} : { CONSUMER_SESSION_TIMEOUT_MS: '3000' };
/** The number of the services' last lines in the error if the system does not start. */
const LAST_LINES = 40;

/** The whole system for a spec file: free ports, a separate data folder, removed at the end. */
export interface Stack {
  readonly system: System;
  readonly shop: ShopClient;
  /** The folder of its data and of the file with its addresses. */
  readonly dataDir: string;
  /** Sends SIGKILL to PostgreSQL and restarts it on its port and data. */
  restartPostgres(): Promise<void>;
  stop(): Promise<void>;
}

/** Options of a spec file. */
export type StackOptions = Pick<
  SystemOptions,
  'env' | 'envOf' | 'secure' | 'signIn' | 'servers' | 'onLine' | 'supervised' | 'readyWithinMs'
> & {
  /** An operator's token, if services require authentication. */
  readonly token?: string;
};

/** Starts the system and resolves when orders can be placed. */
export async function startStack({ token, ...options }: StackOptions = {}): Promise<Stack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quadrille-e2e-'));
  const lines: string[] = [];
  let system: System | undefined;
  let postgres: LocalPostgres | undefined;
  const stop = async () => {
    await system?.stop();
    await postgres?.stop();
    removeData(dataDir);
  };
  try {
    system = await startSystem({
      dataDir,
      ports: 'free',
      ...options,
      env: { LOG_LEVEL: 'warn', QUADRILLE_DEMO: '1', ...options.env },
      envOf: { ...options.envOf, order: { ORDER_DEADLINE_SECONDS: String(DEADLINE_SECONDS), ...options.envOf?.order } },
      onLine: (service, line) => {
        options.onLine?.(service, line);
        lines.push(`${service}: ${line}`);
        lines.splice(0, lines.length - LAST_LINES);
      },
    });
    const shop = new ShopClient(system.urls, token ?? (await system.signIn?.tokenOf('operator')));
    await seed(shop);
    const first = system.postgres;
    const restartPostgres = async () => {
      process.kill((postgres ?? first).pid, 'SIGKILL');
      await eventually('the port of the dead', () => isFree(first.port), Boolean);
      postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), port: first.port });
    };
    return { system, shop, dataDir, restartPostgres, stop };
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\n${lines.join('\n')}`);
  }
}

/** Pauses a service's consumer on these topics until a call without them. */
export async function hold(system: System, service: ServiceName, topics: readonly string[]): Promise<void> {
  const response = await fetch(`${system.adminUrls[service]}/control/paused-topics`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ topics }),
  });
  if (!response.ok)
    throw new Error(`Holding ${topics.join()} in ${service} was answered ${response.status}: ${await response.text()}`);
}
