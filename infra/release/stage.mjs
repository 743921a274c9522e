// Writes one package in its published form: ES modules, the same as CommonJS, declarations for both, licence, package.json.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import { CJS, ESM, entriesOf, foldersOf, manifestOf, PROGRAM } from './manifest.mjs';
import { reachableFrom } from './reachable.mjs';

const ONCE = readFileSync(fileURLToPath(new URL('./once.js', import.meta.url)), 'utf8');
const SOURCE_MAP = /^\/\/# sourceMappingURL=.*\n?/gm;

/** Writes the package in `folder`, which is built, to `to`. `house`: the package.json of the repository. */
export function stage(folder, to, house) {
  const source = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const dist = join(folder, 'dist');
  const entries = new Set(entriesOf(source).map(([, module]) => module));
  const roots = [...entries, ...(source.bin ? [PROGRAM] : [])];
  for (const module of roots)
    if (!existsSync(join(dist, `${module}.js`))) throw new Error(`${source.name} is not built: run npm run build.`);
  const { modules, packages } = reachableFrom(dist, roots);
  const isLibrary = entries.size > 0;

  for (const module of modules) {
    const declarations = readIfThere(join(dist, `${module}.d.ts`));
    const code = readIfThere(join(dist, `${module}.js`));
    for (const folder of isLibrary ? [ESM, CJS] : [])
      if (declarations !== undefined) write(to, `${folder}/${module}.d.ts`, declarations);
    if (code === undefined) continue;
    const guarded = entries.has(module)
      ? `import '${'../'.repeat(module.split('/').length - 1) || './'}once.js';\n${code}`
      : code;
    write(to, `${ESM}/${module}.js`, guarded);
    if (isLibrary) write(to, `${CJS}/${module}.js`, commonJs(guarded));
  }
  if (isLibrary) writeGuards(to, source);
  for (const name of foldersOf(source)) cpSync(join(folder, name), join(to, name), { recursive: true });
  write(
    to,
    'package.json',
    `${JSON.stringify(manifestOf(source, house, packages, `packages/${basename(folder)}`), null, 2)}\n`,
  );
  cpSync(join(folder, 'README.md'), join(to, 'README.md'));
  cpSync(join(folder, '../../LICENSE'), join(to, 'LICENSE'));
}

/** Writes the module that prints a line if a package is loaded in two copies. */
function writeGuards(to, source) {
  const once = (format) =>
    ONCE.replaceAll('__NAME__', source.name).replace('__VERSION__', source.version).replace('__FORMAT__', format);
  write(to, `${ESM}/once.js`, once('ES module'));
  write(to, `${CJS}/once.js`, commonJs(once('CommonJS')));
  write(to, `${CJS}/package.json`, '{ "type": "commonjs" }\n');
}

function commonJs(code) {
  const { code: out } = transformSync(code, {
    jsc: { target: 'es2023', parser: { syntax: 'ecmascript' }, keepClassNames: true },
    module: { type: 'commonjs' },
  });
  return out;
}

const readIfThere = (file) => (existsSync(file) ? readFileSync(file, 'utf8').replace(SOURCE_MAP, '') : undefined);

function write(to, path, text) {
  mkdirSync(dirname(join(to, path)), { recursive: true });
  writeFileSync(join(to, path), text);
}
