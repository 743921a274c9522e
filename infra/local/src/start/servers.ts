import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { onInterrupt } from '../interrupt.js';
import { demandedVia, namedBrokers } from '../kafka/choose.js';
import { startKafka } from '../kafka.js';
import { startPostgres } from '../postgres.js';
import { claimFolder } from '../process/claim-folder.js';
import { leaveShell } from '../process/shell.js';
import { servicePasswords } from '../service-passwords.js';

const NAME = /^[a-z][a-z0-9-]{0,30}$/;
const USAGE =
  'Usage: npm run servers -- NAME…, for example: npm run servers -- counter oven (lower-case letters, digits and hyphens)';

/**
 * npm run servers -- counter oven: PostgreSQL and Kafka only, for services outside this repository. Writes an
 * environment file per name for `node --env-file`. Sets the exit code 1 if a server does not start.
 */
export async function startServersFor(names: readonly string[]): Promise<void> {
  leaveShell();
  if (names.length === 0 || !names.every((name) => NAME.test(name))) {
    console.error(USAGE);
    process.exitCode = 1;
    return;
  }
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const server of started.splice(0).reverse()) await server.stop();
  };
  onInterrupt(stop);
  try {
    const dataDir = join(resolve(process.env.QUADRILLE_DATA_DIR ?? '.quadrille'), 'servers');
    // Invalid settings are rejected before any server starts.
    namedBrokers(demandedVia());
    claimFolder(dataDir);
    const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres') });
    started.push(postgres);
    const kafka = await startKafka({ dataDir: join(dataDir, 'kafka'), onProgress: (line) => console.log(line) });
    started.push(kafka);
    const passwords = servicePasswords(dataDir, names);
    for (const name of names) {
      const url = await postgres.createService(name, passwords[name]!);
      console.log(`${name.padEnd(12)} ${writeEnvironment(dataDir, name, url, kafka.brokers)}`);
    }
    console.log('ready; Ctrl-C stops both servers, the data is preserved');
  } catch (error) {
    await stop();
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

/** Writes the addresses of the servers, readable only by the owner; returns the file's relative path. */
function writeEnvironment(dataDir: string, name: string, databaseUrl: string, brokers: readonly string[]): string {
  const file = join(dataDir, `${name}.env`);
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, `DATABASE_URL=${databaseUrl}\nKAFKA_BROKERS=${brokers.join(',')}\n`, { mode: 0o600 });
  return relative(process.cwd(), file);
}
