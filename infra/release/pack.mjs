// Packs the published packages as tarballs: node infra/release/pack.mjs [FOLDER]; the default is .release. Build first.
// Decision 10 has the reasons for the form of the packages.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedFolders } from './published.mjs';
import { stage } from './stage.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const to = resolve(process.argv[2] ?? join(root, '.release'));
const house = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

if (!house.repository)
  console.warn(
    'Without a "repository" in the package.json of the repository, npm accepts these tarballs only without provenance.',
  );
rmSync(join(to, 'packages'), { recursive: true, force: true });
const staged = publishedFolders(root).map((folder) => {
  const place = join(to, 'packages', folder.slice(folder.lastIndexOf('/') + 1));
  stage(folder, place, house);
  return place;
});
mkdirSync(join(to, 'tarballs'), { recursive: true });
const args = ['pack', ...staged, '--pack-destination', join(to, 'tarballs'), '--loglevel=error'];
const { status } = spawnSync('npm', args, { cwd: to, stdio: 'inherit', shell: process.platform === 'win32' });
process.exit(status ?? 1);
