import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Manifest, Refusal, readManifest } from './plan.js';

const TEMPLATES = fileURLToPath(new URL('../templates', import.meta.url));
/** npm leaves files with these names out of tarballs, or reads them itself. */
const RENAMED: Readonly<Record<string, string>> = {
  gitignore: '.gitignore',
  'github/ci.yml': '.github/workflows/ci.yml',
  'package.template.json': 'package.json',
  'tsconfig.template.json': 'tsconfig.json',
};
const NAME = 'PROJECT_NAME';
const VERSION = 'QUADRILLE_VERSION';
const MODULES = /(imports:\s*\[)(\s*)/;

/** Writes a project of two services. Throws a {@link Refusal} when the folder cannot be written. */
export function writeNewProject(folder: string, version: string): void {
  const name = nameFor(folder);
  for (const path of filesOf('new')) {
    const text = read('new', path).replaceAll(NAME, name).replaceAll(VERSION, version);
    write(join(folder, RENAMED[path] ?? path), text);
  }
}

/** Adds a choreography to a Nest application; returns the remaining manual steps, one sentence each. */
export function addToApplication(folder: string, version: string): string[] {
  const path = join(folder, 'package.json');
  const manifest = readManifest(path);
  const isEsm = manifest.type === 'module';
  for (const file of filesOf('nest')) {
    const text = read('nest', file);
    const isSource = file.startsWith('ordering/');
    write(join(folder, isSource ? `src/${file}` : file), isSource && !isEsm ? asCommonJs(text) : text);
  }
  write(path, `${JSON.stringify(withDependencies(manifest, version), null, 2)}\n`);
  return importModule(join(folder, 'src/app.module.ts'), isEsm);
}

/** An npm name of the last part of a path. */
const nameFor = (folder: string): string =>
  basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'my-shop';

const filesOf = (template: string): string[] =>
  readdirSync(join(TEMPLATES, template), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(TEMPLATES, template).length + 1))
    .map((path) => path.replaceAll('\\', '/'));

const read = (template: string, path: string): string => readFileSync(join(TEMPLATES, template, path), 'utf8');

function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new Refusal(`${path} cannot be written: ${(error as Error).message}.`);
  }
}

/** Relative imports without an extension, as a CommonJS project writes them. */
const asCommonJs = (text: string): string => text.replaceAll(/(from '\.[^']+)\.js'/g, "$1'");

function withDependencies(manifest: Manifest, version: string): Manifest {
  const { dependencies, devDependencies } = JSON.parse(
    read('.', 'nest.dependencies.json').replaceAll(VERSION, version),
  );
  return {
    ...manifest,
    dependencies: { ...dependencies, ...manifest.dependencies },
    devDependencies: { ...devDependencies, ...manifest.devDependencies },
  };
}

/** Imports the module in the root module, where that has a list of imports. */
function importModule(path: string, isEsm: boolean): string[] {
  const line = `import { OrderingModule } from './ordering/ordering.module${isEsm ? '.js' : ''}';\n`;
  const byHand = [`Add OrderingModule of src/ordering/ordering.module to the imports of your root module.`];
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return byHand;
  }
  if (!MODULES.test(text)) return byHand;
  const added = text.replace(MODULES, (_, list: string, space: string) => `${list}${space}OrderingModule, `);
  write(path, line + added.replace('OrderingModule, ]', 'OrderingModule]'));
  return [];
}
