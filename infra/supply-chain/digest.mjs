import { spawnSync } from 'node:child_process';

const ANSWERS_WITHIN_MS = 60_000;

/**
 * Returns `sha256:…` of an image, over all platforms, from its registry: a local image of that name may differ.
 * Throws if the registry does not answer.
 */
export function digestOf(image) {
  const args = ['buildx', 'imagetools', 'inspect', image, '--format', '{{json .Manifest}}'];
  const { status, stdout, stderr, error } = spawnSync('docker', args, { encoding: 'utf8', timeout: ANSWERS_WITHIN_MS });
  if (status === 0) return JSON.parse(stdout).digest;
  throw new Error(`The registry returns no digest of ${image}: ${error?.message ?? stderr.trim()}`);
}
