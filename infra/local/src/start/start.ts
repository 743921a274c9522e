import { rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ShopClient } from '@quadrille/testing';
import { onInterrupt } from '../interrupt.js';
import { type System, startSystem } from '../system.js';
import { HELP, readOptions, type StartOptions } from './options.js';
import { printSummary, printSystem } from './print.js';
import { runOrders, runReplay } from './run.js';
import { seed } from './seed.js';
import { isSound } from './summary.js';

/** Short, so that the kinds that wait for it do not make a demonstration long. */
const DEMO_DEADLINE_SECONDS = 5;
/** Longer than the deadline, so that the deadline passes. */
const DEMO_OUTAGE_SECONDS = 7;

/** npm start. Sets the exit code: 1 when something does not start or a promise is broken. */
export async function start(args: readonly string[]): Promise<void> {
  try {
    const options = readOptions(args);
    if (options.help) console.log(HELP);
    else await run(options);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

async function run(options: StartOptions): Promise<void> {
  const began = Date.now();
  const say = (line: string) => console.log(`${((Date.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  const dataDir = resolve(process.env.QUADRILLE_DATA_DIR ?? '.quadrille');
  if (options.fresh) rmSync(dataDir, { recursive: true, force: true });

  const running: { system?: System } = {};
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      say('stopping');
      await running.system?.stop();
    })();
    return stopping;
  };
  onInterrupt(stop);
  try {
    running.system = await startDemo(dataDir, say);
    const shop = new ShopClient(running.system.urls);
    await seed(shop);
    say('ready\n');
    printSystem(running.system);
    if (options.orders !== undefined || options.replay !== undefined) {
      await runAndReport(running.system, shop, options, say);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  if (options.exit) await stop();
}

async function startDemo(dataDir: string, say: (line: string) => void): Promise<System> {
  const system = await startSystem({
    dataDir,
    ports: 'usual',
    env: { LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn', LOG_PRETTY: '1', QUADRILLE_DEMO: '1' },
    envOf: {
      order: { ORDER_DEADLINE_SECONDS: process.env.ORDER_DEADLINE_SECONDS ?? String(DEMO_DEADLINE_SECONDS) },
      'payment-provider': { PROVIDER_UNREACHABLE_SECONDS: String(DEMO_OUTAGE_SECONDS) },
    },
    onProgress: say,
    onLine: (service, line) => console.log(`${service.padEnd(16)} ${line}`),
  });
  tellDeaths(system);
  return system;
}

async function runAndReport(
  system: System,
  shop: ShopClient,
  options: StartOptions,
  say: (line: string) => void,
): Promise<void> {
  console.log('');
  const summary =
    options.replay === undefined
      ? await runOrders(system, shop, options.orders!, say)
      : await runReplay(system, shop, options.replay, say);
  printSummary(summary);
  if (options.report) writeFileSync(options.report, `${JSON.stringify(summary, null, 2)}\n`);
  if (!isSound(summary)) process.exitCode = 1;
}

/** A service that ends by itself is news. */
function tellDeaths({ processes }: System): void {
  for (const { name, onExit } of Object.values(processes)) {
    onExit(({ expected, code, signal }) => {
      if (!expected) console.error(`${name} ended ${signal ? `by ${signal}` : `with exit code ${code}`}.`);
    });
  }
}
