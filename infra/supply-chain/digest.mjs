import { spawnSync } from 'node:child_process';

const ANSWERS_WITHIN_MS = 60_000;

/**
 * `sha256:…` of an image, over all platforms, as its registry has it now: what lies on this machine under the name may be something else.
 * Throws where the registry does not answer.
 */
export function digestOf(image) {
  const args = ['buildx', 'imagetools', 'inspect', image, '--format', '{{json .Manifest}}'];
  const { status, stdout, stderr, error } = spawnSync('docker', args, { encoding: 'utf8', timeout: ANSWERS_WITHIN_MS });
  if (status === 0) return JSON.parse(stdout).digest;
  throw new Error(`The registry does not tell the digest of ${image}: ${error?.message ?? stderr.trim()}`);
}
