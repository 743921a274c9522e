// The published package.json, derived from that of the workspace.
/** Compiled by tsc as ES modules, and by swc as CommonJS from these. */
export const ESM = 'dist';
export const CJS = 'dist/cjs';

/** The module that the file in `bin` imports, in a package with a command. A command exists only as an ES module. */
export const PROGRAM = 'main';

/** Entry points: subpath → module within dist, without extension. Those in `publishConfig.internal` are omitted. */
export function entriesOf({ name, exports = {}, publishConfig }) {
  const internal = publishConfig.internal ?? [];
  const entries = Object.entries(exports).filter(([subpath]) => !internal.includes(subpath));
  return entries.map(([subpath, { default: file }]) => {
    if (!/^\.\/dist\/[^*]+\.js$/.test(file))
      throw new Error(`${name}: ${subpath} leads to ${file}, not to a file in dist.`);
    return [subpath, file.slice('./dist/'.length, -'.js'.length)];
  });
}

/** Folders that are packed unchanged: that of the command, and those in `publishConfig.folders`. */
export const foldersOf = ({ bin, publishConfig }) => [...(bin ? ['bin'] : []), ...(publishConfig.folders ?? [])];

/** `needed`: packages that the code imports. Each must be declared. `folder`: of the package in the repository, such as `packages/kafka`. */
export function manifestOf(source, { engines, license, repository }, needed, folder) {
  const { name, version, description, keywords, bin, publishConfig } = source;
  const entries = entriesOf(source);
  const main = entries.find(([subpath]) => subpath === '.')?.[1];
  const others = entries.filter(([subpath]) => subpath !== '.');
  checkDeclared(source, needed);
  return {
    name,
    version,
    description,
    keywords,
    license,
    // npm compares it with the repository of the build before it accepts a statement of provenance.
    ...(repository && { repository: { type: 'git', url: repository.url ?? repository, directory: folder } }),
    type: 'module',
    engines,
    ...(entries.length > 0 && { sideEffects: [`./${ESM}/once.js`, `./${CJS}/once.js`] }),
    ...(main && { main: `./${CJS}/${main}.js`, types: `./${CJS}/${main}.d.ts` }),
    exports: {
      ...Object.fromEntries(entries.map(([subpath, module]) => [subpath, conditions(module)])),
      './package.json': './package.json',
    },
    // For `moduleResolution: node10`, which does not support exports.
    ...(others.length > 0 && {
      typesVersions: {
        '*': Object.fromEntries(others.map(([subpath, module]) => [subpath.slice(2), [`./${CJS}/${module}.d.ts`]])),
      },
    }),
    files: ['dist', ...foldersOf(source)],
    ...(bin && { bin }),
    dependencies: compatible(source, needed),
    peerDependencies: source.peerDependencies,
    peerDependenciesMeta: source.peerDependenciesMeta,
    publishConfig: { access: publishConfig.access, provenance: publishConfig.provenance },
  };
}

const conditions = (module) => ({
  import: { types: `./${ESM}/${module}.d.ts`, default: `./${ESM}/${module}.js` },
  require: { types: `./${CJS}/${module}.d.ts`, default: `./${CJS}/${module}.js` },
});

/** Own packages have a caret range, so that npm installs one copy if possible. Dependencies of internal entry points alone are omitted. */
function compatible({ dependencies = {}, publishConfig }, needed) {
  const entries = Object.entries(dependencies).filter(([name]) => !publishConfig.internal || needed.includes(name));
  return Object.fromEntries(
    entries.map(([name, range]) => [name, name.startsWith('@quadrille/') ? `^${range}` : range]),
  );
}

function checkDeclared({ name, dependencies = {}, peerDependencies = {} }, needed) {
  const missing = needed.filter((each) => !(each in dependencies) && !(each in peerDependencies));
  if (missing.length > 0)
    throw new Error(
      `${name} imports ${missing.join(', ')}: add it to dependencies or peerDependencies of its package.json.`,
    );
}
