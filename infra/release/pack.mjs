// Packs what is published, as tarballs: node infra/release/pack.mjs [FOLDER]; the default is .release. Build first.
// A package is published if its package.json has a `publishConfig`. Decision 10 says why packages look like this.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stage } from './stage.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const to = resolve(process.argv[2] ?? join(root, '.release'));
const read = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

const folders = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((folder) => existsSync(join(folder, 'package.json')) && read(folder).publishConfig !== undefined);
rmSync(join(to, 'packages'), { recursive: true, force: true });
const staged = folders.map((folder) => {
  const place = join(to, 'packages', folder.slice(folder.lastIndexOf('/') + 1));
  stage(folder, place, read(root));
  return place;
});
mkdirSync(join(to, 'tarballs'), { recursive: true });
const args = ['pack', ...staged, '--pack-destination', join(to, 'tarballs'), '--loglevel=error'];
const { status } = spawnSync('npm', args, { cwd: to, stdio: 'inherit', shell: process.platform === 'win32' });
process.exit(status ?? 1);
