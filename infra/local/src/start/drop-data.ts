import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftover } from '../process/data-dir-lock.js';

/** The system's data in its data folder. Other files are not removed: the folder may be a user's home. */
const RETAINED = [
  'postgres',
  'kafka',
  'payment-provider',
  'identity-provider',
  'service-passwords.json',
  'running.json',
];

/** Removes the data of earlier runs. Throws if a system runs on them; stops servers without an owner. */
export async function dropData(dataDir: string): Promise<void> {
  await endLeftover(join(dataDir, 'postgres'), 'PostgreSQL', 'SIGINT');
  await endLeftover(join(dataDir, 'kafka'), 'Kafka', 'SIGTERM');
  for (const name of RETAINED) rmSync(join(dataDir, name), { recursive: true, force: true });
}
