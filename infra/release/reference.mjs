// Writes the API reference from the models of the entry points by API Extractor.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MODEL = '.api.json';
const modelsIn = (folder) => readdirSync(folder).filter((file) => file.endsWith(MODEL));

/** `entry: export`, for each export without a sentence. `folder`: that of the models, each named after its entry point. */
export function undocumentedIn(folder) {
  return modelsIn(folder).flatMap((file) => {
    const exports = JSON.parse(readFileSync(join(folder, file), 'utf8')).members[0].members;
    // One overload with a sentence is sufficient.
    const documented = new Set(exports.filter(({ docComment }) => docComment).map(({ name }) => name));
    const missing = new Set(exports.map(({ name }) => name).filter((name) => !documented.has(name)));
    return [...missing].map((name) => `${file.slice(0, -MODEL.length)}: ${name}`);
  });
}

/** Writes a Markdown page for each export to `to`, and index.md. Returns false after a failure. */
export function writeReference(folder, to, root) {
  for (const file of modelsIn(folder)) nameAfterEntry(join(folder, file), file.slice(0, -MODEL.length));
  rmSync(to, { recursive: true, force: true });
  const documenter = join(root, 'node_modules/@microsoft/api-documenter/bin/api-documenter');
  const args = [documenter, 'markdown', '--input-folder', folder, '--output-folder', to];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) console.error(`${stdout}${stderr}`);
  return status === 0;
}

/** The documenter treats the entry points of a package as packages: `@quadrille/outbox/pg` becomes `@quadrille/outbox.pg`. */
function nameAfterEntry(path, entry) {
  const text = readFileSync(path, 'utf8');
  const { name } = JSON.parse(text);
  const own = text.replaceAll(`"${name}"`, `"@quadrille/${entry}"`).replaceAll(`"${name}!`, `"@quadrille/${entry}!`);
  writeFileSync(path, own);
}
