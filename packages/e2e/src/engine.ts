import { spawnSync } from 'node:child_process';
import { KAFKA_VERSION } from '@quadrille/local';

export const POSTGRES_IMAGE = 'postgres:17';
export const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`;

/** The limit for an answer of the engine, which may be slow on a busy machine. Without an engine, the check fails at once. */
const ENGINE_ANSWERS_WITHIN_MS = 20_000;
const PULLED_WITHIN_MS = 180_000;

/** The reason why containers cannot be used, as half a sentence; undefined if they can and the images are present. */
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
