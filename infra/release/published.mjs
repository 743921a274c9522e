import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folders of the published packages: those whose package.json has a `publishConfig`. */
export function publishedFolders(root) {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => existsSync(join(folder, 'package.json')) && isPublished(folder));
}

const isPublished = (folder) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).publishConfig !== undefined;
