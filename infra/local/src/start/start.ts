import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ShopClient } from '@quadrille/load';
import { type InvoiceLine, readInvoices } from '@quadrille/replay';
import { freePort } from '../free-port.js';
import { onInterrupt } from '../interrupt.js';
import { claimFolder } from '../process/claim-folder.js';
import { leaveShell } from '../process/shell.js';
import type { RunningProcess } from '../process.js';
import { type System, startSystem } from '../system.js';
import type { SystemOptions } from '../system-options.js';
import { auditorUrl, startAuditor } from './auditor.js';
import { checkEnvironments } from './check-environments.js';
import { demoTimes } from './demo-times.js';
import { dropData } from './drop-data.js';
import { HELP, readOptions, type StartOptions } from './options.js';
import { printSummary, printSystem } from './print.js';
import { restartEnded } from './restart-ended.js';
import { runOrders, runReplay } from './run.js';
import { seed } from './seed.js';
import { isSound } from './summary.js';

/** npm start. Sets the exit code: 1 if a process does not start or a promise is broken. */
export async function start(args: readonly string[]): Promise<void> {
  leaveShell();
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
  const report = (line: string) => console.log(`${((Date.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  const dataDir = resolve(process.env.QUADRILLE_DATA_DIR ?? '.quadrille');
  // Invalid input is rejected before any process starts.
  const invoices = options.replay === undefined ? undefined : await readInvoices(options.replay);
  // A run with orders audits at its end, without a separate auditor.
  const auditorPort = isRun(options) ? undefined : await freePort();
  const demo = demoOf(dataDir, options, auditorPort, report);
  claimFolder(dataDir);
  checkEnvironments(demo);
  if (options.fresh) await dropData(dataDir);

  const running: { system?: System; leaveDead?: () => Promise<void>; auditor?: Promise<RunningProcess | undefined> } =
    {};
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      report('stopping');
      await running.leaveDead?.();
      await (await running.auditor)?.stop();
      await running.system?.stop();
    })();
    return stopping;
  };
  onInterrupt(stop);
  try {
    running.system = await startSystem(demo);
    const { processes, signIn, urls } = running.system;
    running.leaveDead = restartEnded([...Object.values(processes), ...(signIn ? [signIn.process] : [])], report);
    const shop = new ShopClient(urls, await signIn?.tokenOf('operator'));
    await seed(shop);
    report('ready\n');
    printSystem(running.system);
    if (auditorPort !== undefined) running.auditor = audited(dataDir, auditorPort, report);
    if (isRun(options)) {
      await runAndReport(running.system, shop, options, invoices, report);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  if (options.exit) await stop();
}

/** Whether the command places orders. */
const isRun = ({ orders, replay }: StartOptions): boolean => orders !== undefined || replay !== undefined;

/** Without its auditor, the system continues. */
function audited(dataDir: string, port: number, report: (line: string) => void): Promise<RunningProcess | undefined> {
  return startAuditor(dataDir, port, report).catch((error: Error) => {
    report(`The auditor did not start: ${error.message}`);
    return undefined;
  });
}

function demoOf(
  dataDir: string,
  options: StartOptions,
  auditorPort: number | undefined,
  report: (line: string) => void,
): SystemOptions {
  const times = demoTimes(options.orders, process.env.ORDER_DEADLINE_SECONDS);
  return {
    dataDir,
    ports: 'usual',
    supervised: true,
    secure: options.secure,
    signIn: options.signIn,
    env: { LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn', LOG_PRETTY: '1', QUADRILLE_DEMO: '1' },
    envOf: {
      ...(auditorPort !== undefined && { storefront: { AUDITOR_URL: auditorUrl(auditorPort) } }),
      order: { ...(times.deadlineSeconds && { ORDER_DEADLINE_SECONDS: times.deadlineSeconds }) },
      'payment-provider': { PROVIDER_UNREACHABLE_SECONDS: times.outageSeconds },
    },
    onProgress: report,
    onLine: (service, line) => console.log(`${service.padEnd(16)} ${line}`),
  };
}

async function runAndReport(
  system: System,
  shop: ShopClient,
  options: StartOptions,
  invoices: readonly InvoiceLine[] | undefined,
  report: (line: string) => void,
): Promise<void> {
  console.log('');
  const summary = invoices
    ? await runReplay(system, shop, invoices, report)
    : await runOrders(system, shop, options.orders!, report);
  printSummary(summary);
  if (options.report) writeFileSync(options.report, `${JSON.stringify(summary, null, 2)}\n`);
  if (!isSound(summary)) process.exitCode = 1;
}
