import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftover } from '../process/data-dir-lock.js';

/** What the system keeps in its data folder. Nothing else in there is ours to remove: the folder may be somebody's home. */
const KEPT = ['postgres', 'kafka', 'payment-provider', 'service-passwords.json', 'running.json'];

/** Removes the data of earlier runs. Throws when a system still runs on them; ends servers that nobody owns any more. */
export async function dropData(dataDir: string): Promise<void> {
  await endLeftover(join(dataDir, 'postgres'), 'PostgreSQL', 'SIGINT');
  await endLeftover(join(dataDir, 'kafka'), 'Kafka', 'SIGTERM');
  for (const name of KEPT) rmSync(join(dataDir, name), { recursive: true, force: true });
}
