import { cpSync, existsSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { REPOSITORY } from './program.js';

const LEFT_OUT = new Set(['node_modules', '.git', '.quadrille', '.turbo']);
/** The scope of the repository's own packages: their links lead to the copy. */
const OURS = '@quadrille';

/** Copies the repository with its build output, to change files in it; installed packages are shared with the original. */
export function copyRepositoryTo(folder: string): void {
  cpSync(REPOSITORY, folder, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => !LEFT_OUT.has(basename(path)),
  });
  linkPackages(folder);
  for (const house of ['apps', 'packages', 'infra']) {
    for (const room of readdirSync(join(folder, house))) {
      const own = join(REPOSITORY, house, room, 'node_modules');
      if (existsSync(own)) symlinkSync(own, join(folder, house, room, 'node_modules'));
    }
  }
}

function linkPackages(folder: string): void {
  const [from, to] = [join(REPOSITORY, 'node_modules'), join(folder, 'node_modules')];
  mkdirSync(join(to, OURS), { recursive: true });
  // A marker file records the installation; its modification time must be preserved.
  for (const name of readdirSync(from)) {
    if (name === OURS) continue;
    if (name.startsWith('.') && name !== '.bin')
      cpSync(join(from, name), join(to, name), { recursive: true, preserveTimestamps: true });
    else symlinkSync(join(from, name), join(to, name));
  }
  for (const name of readdirSync(join(from, OURS))) {
    symlinkSync(readlinkSync(join(from, OURS, name)), join(to, OURS, name));
  }
}
