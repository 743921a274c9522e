import { spawnSync } from 'node:child_process';
import { KAFKA_VERSION } from '@quadrille/local';

export const POSTGRES_IMAGE = 'postgres:17';
export const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`;

/** A machine without an engine must not notice that we asked. */
const ENGINE_ANSWERS_WITHIN_MS = 5_000;
const PULLED_WITHIN_MS = 180_000;

/** Half a sentence that says why no containers can be used here; undefined: they can, and the images are there. */
export function whyNoContainers(): string | undefined {
  if (!docker(ENGINE_ANSWERS_WITHIN_MS, 'version', '--format', '{{.Server.Version}}'))
    return 'no Docker engine answers';
  for (const image of [POSTGRES_IMAGE, KAFKA_IMAGE]) {
    if (docker(ENGINE_ANSWERS_WITHIN_MS, 'image', 'inspect', image)) continue;
    if (!docker(PULLED_WITHIN_MS, 'pull', '--quiet', image)) return `the engine cannot pull ${image}`;
  }
  return undefined;
}

const docker = (timeout: number, ...args: string[]): boolean =>
  spawnSync('docker', args, { stdio: 'ignore', timeout, killSignal: 'SIGKILL' }).status === 0;
