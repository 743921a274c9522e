// The required parts of a package's build: the modules reachable from its entry points, and the packages that these import.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** tsc writes each import as one statement at the beginning of a line; types and lazy imports are within lines. */
const STATIC = /^(?:import|export)\b[^'"]*?from ['"]([^'"]+)['"]|^import ['"]([^'"]+)['"]/gm;
const INLINE = /\bimport\(['"]([^'"]+)['"]\)/g;
/** A module that is served to browsers. */
const SERVED = /\bnew URL\(['"](\.\/[^'"]+\.js)['"], import\.meta\.url\)/g;

export function importsOf(text) {
  return [...text.matchAll(STATIC), ...text.matchAll(INLINE), ...text.matchAll(SERVED)].map(
    ([, from, bare]) => from ?? bare,
  );
}

/**
 * Follows relative imports from `entries` (JavaScript files within `folder`), in the code and in its declarations.
 * @returns {{ modules: string[], packages: string[] }} paths without extension, and names of packages; sorted
 */
export function reachableFrom(folder, entries) {
  const modules = new Set();
  const packages = new Set();
  const left = entries.map((path) => path.replace(/\.js$/, ''));
  for (let module = left.pop(); module !== undefined; module = left.pop()) {
    if (modules.has(module)) continue;
    modules.add(module);
    for (const file of [`${module}.js`, `${module}.d.ts`]) {
      for (const specifier of existsSync(join(folder, file))
        ? importsOf(readFileSync(join(folder, file), 'utf8'))
        : []) {
        if (specifier.startsWith('.')) left.push(join(dirname(module), specifier).replace(/\.js$/, ''));
        else if (!specifier.startsWith('node:')) packages.add(packageOf(specifier));
      }
    }
  }
  return { modules: [...modules].sort(), packages: [...packages].sort() };
}

const packageOf = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
