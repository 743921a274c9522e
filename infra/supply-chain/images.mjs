// Pins every image that docker-compose.yml and the Dockerfile pull to the current digest of its tag in the registry:
// npm run images:pin writes docker-compose.pinned.yml. Run it again to renew the digests, and review the difference.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf } from './digest.mjs';
import { pinnedFile, pulledImages } from './pinned.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');

const pulled = pulledImages(read('docker-compose.yml'), read('infra/docker/Dockerfile'));
const digests = {};
try {
  for (const image of new Set([pulled.base, ...Object.values(pulled.images)])) digests[image] = digestOf(image);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
writeFileSync(
  join(root, 'docker-compose.pinned.yml'),
  pinnedFile(pulled, digests, new Date().toISOString().slice(0, 10)),
);
for (const [image, digest] of Object.entries(digests)) console.log(`${image}  ${digest}`);
