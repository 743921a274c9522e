import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceName, type System, type SystemOptions, seed, startSystem } from '@quadrille/local';
import { ShopClient } from '@quadrille/testing';

/** Longer than any spec takes: no deadline strikes unless a spec makes it due. */
const DEADLINE_SECONDS = 600;

/** The whole system for a spec file: free ports, a data folder of its own, nothing left behind. */
export interface Stack {
  readonly system: System;
  readonly shop: ShopClient;
  /** The last lines of each service, for the report of a failure. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** What a spec file may want otherwise than usual. */
export type StackOptions = Pick<SystemOptions, 'env' | 'envOf'>;

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quadrille-e2e-'));
  const lines: string[] = [];
  try {
    const system = await startSystem({
      dataDir,
      ports: 'free',
      env: { LOG_LEVEL: 'warn', QUADRILLE_DEMO: '1', ...options.env },
      envOf: { ...options.envOf, order: { ORDER_DEADLINE_SECONDS: String(DEADLINE_SECONDS), ...options.envOf?.order } },
      onLine: (service, line) => lines.push(`${service}: ${line}`),
    });
    const shop = new ShopClient(system.urls);
    await seed(shop);
    return {
      system,
      shop,
      lines,
      async stop() {
        await system.stop();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true });
    throw new Error(`${(error as Error).message}\n${lines.slice(-40).join('\n')}`);
  }
}

/** Lets a service hear nothing from these topics until it is called again without them. */
export async function hold(system: System, service: ServiceName, topics: readonly string[]): Promise<void> {
  const response = await fetch(`${system.urls[service]}/control/held-topics`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ topics }),
  });
  if (!response.ok)
    throw new Error(`Holding ${topics.join()} in ${service} was answered ${response.status}: ${await response.text()}`);
}
