import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { claimFolder, endLeftover } from '@quadrille/local';

const claimed = new Set<string>();

/** Makes this process the only user of the folder until it ends, and stops the servers that a killed run left there. */
export async function takeOver(folder: string): Promise<void> {
  if (!claimed.has(folder)) claimFolder(folder, 'run the lab in another folder');
  claimed.add(folder);
  await endLeftover(join(folder, 'postgres'), 'PostgreSQL', 'SIGINT');
  const kafka = join(folder, 'kafka');
  for (const node of ['', ...(existsSync(kafka) ? readdirSync(kafka) : [])]) {
    await endLeftover(join(kafka, node), 'Kafka', 'SIGTERM');
  }
}

/** Takes over the folder and removes the data of the last run. */
export async function emptyFolder(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await takeOver(folder);
  // A process of a killed run may still write for a moment.
  const options = { recursive: true, force: true, maxRetries: 10, retryDelay: 200 };
  for (const name of readdirSync(folder)) if (name !== 'claims') rmSync(join(folder, name), options);
}
