import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Removes the data folder of a stopped system, including the volume of a Kafka container. */
export function removeData(dataDir: string): void {
  const marker = join(dataDir, 'kafka/docker-volume');
  if (existsSync(marker))
    spawnSync('docker', ['volume', 'rm', readFileSync(marker, 'utf8').trim()], { stdio: 'ignore' });
  rmSync(dataDir, { recursive: true, force: true });
}
