import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVICES, type ServiceName } from '@quadrille/contracts';
import { ShopClient } from '@quadrille/load';
import { onInterrupt } from '../interrupt.js';
import { claimFolder } from '../process/claim-folder.js';
import { leaveShell } from '../process/shell.js';
import { NODE_FLAGS } from '../start-service.js';
import { type System, startSystem } from '../system.js';
import type { SystemOptions } from '../system-options.js';
import { checkEnvironments } from './check-environments.js';
import { CompileOnSave } from './compile-on-save.js';
import { printSystem } from './print.js';
import { restartEnded } from './restart-ended.js';
import { seed } from './seed.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** npm run dev -- payment: that service reloads when a file is saved, the others run from their build. */
export async function develop(args: readonly string[]): Promise<void> {
  leaveShell();
  const [name] = args;
  if (args.length !== 1 || !SERVICES.includes(name as ServiceName)) {
    console.error(`Usage: npm run dev -- ${SERVICES.join('|')}`);
    process.exitCode = 1;
    return;
  }
  try {
    await run(name as ServiceName);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

async function run(name: ServiceName): Promise<void> {
  const dataDir = resolve(process.env.QUADRILLE_DATA_DIR ?? '.quadrille');
  const options = fromSource(name, dataDir);
  claimFolder(dataDir);
  checkEnvironments(options);
  let system: System | undefined;
  let compiler: CompileOnSave | undefined;
  let leaveDead: (() => Promise<void>) | undefined;
  onInterrupt(async () => {
    await leaveDead?.();
    await compiler?.stop();
    await system?.stop();
  });
  compiler = new CompileOnSave(ROOT, name, (line) => console.log(`${'tsc'.padEnd(16)} ${line}`));
  try {
    system = await startSystem(options);
  } catch (error) {
    await compiler.stop();
    throw error;
  }
  leaveDead = restartEnded(Object.values(system.processes), (line) => console.log(line));
  await seed(new ShopClient(system.urls));
  printSystem(system);
  console.log(`\nSave a file of apps/${name} or of a package: ${name} reloads.`);
}

const fromSource = (name: ServiceName, dataDir: string): SystemOptions => ({
  dataDir,
  ports: 'usual',
  supervised: true,
  env: { LOG_LEVEL: 'warn', LOG_PRETTY: '1', QUADRILLE_DEMO: '1' },
  envOf: { [name]: { LOG_LEVEL: 'info' } },
  // Node watches all imported files, of the service and of the packages.
  commandOf: {
    [name]: {
      command: process.execPath,
      args: ['--watch', '--watch-preserve-output', ...NODE_FLAGS, join(ROOT, 'apps', name, 'dist/main.js')],
    },
  },
  onProgress: (line) => console.log(line),
  onLine: (service, line) => console.log(`${service.padEnd(16)} ${line}`),
});
