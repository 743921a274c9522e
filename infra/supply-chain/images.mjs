// Pins every image that docker-compose.yml and the Dockerfile pull to the digest that its registry has for the tag now:
// npm run images:pin writes docker-compose.pinned.yml. Run it again to renew them, and read the difference.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedFile, pulledImages } from './pinned.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ANSWERS_WITHIN_MS = 60_000;
const read = (path) => readFileSync(join(root, path), 'utf8');

const pulled = pulledImages(read('docker-compose.yml'), read('infra/docker/Dockerfile'));
const digests = {};
for (const image of new Set([pulled.base, ...Object.values(pulled.images)])) digests[image] = digestOf(image);
writeFileSync(
  join(root, 'docker-compose.pinned.yml'),
  pinnedFile(pulled, digests, new Date().toISOString().slice(0, 10)),
);
for (const [image, digest] of Object.entries(digests)) console.log(`${image}  ${digest}`);

/** Of the index over all platforms, by the registry: what lies on this machine under the name may be something else. */
function digestOf(image) {
  const args = ['buildx', 'imagetools', 'inspect', image, '--format', '{{.Manifest.Digest}}'];
  const { status, stdout, stderr, error } = spawnSync('docker', args, { encoding: 'utf8', timeout: ANSWERS_WITHIN_MS });
  if (status === 0) return stdout.trim();
  console.error(`The registry does not tell the digest of ${image}: ${error?.message ?? stderr.trim()}`);
  process.exit(1);
}
