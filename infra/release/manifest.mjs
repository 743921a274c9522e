// The package.json that is published, made from the one that the workspace has.
/** Compiled by tsc as ES modules, and by swc as CommonJS from these. */
export const ESM = 'dist';
export const CJS = 'dist/cjs';

/** Of a package with a command: what its file in `bin` imports. A command is an ES module alone. */
export const PROGRAM = 'main';

/** Entry points: subpath → module within dist, without extension. Those that `publishConfig.internal` names are left out. */
export function entriesOf({ name, exports = {}, publishConfig }) {
  const internal = publishConfig.internal ?? [];
  const entries = Object.entries(exports).filter(([subpath]) => !internal.includes(subpath));
  return entries.map(([subpath, { default: file }]) => {
    if (!/^\.\/dist\/[^*]+\.js$/.test(file))
      throw new Error(`${name}: ${subpath} leads to ${file}, not to a file in dist.`);
    return [subpath, file.slice('./dist/'.length, -'.js'.length)];
  });
}

/** Folders that are packed as they are: that of the command, and those that `publishConfig.folders` names. */
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
    // npm compares it with where a tarball was built before it takes a statement of provenance.
    ...(repository && { repository: { type: 'git', url: repository.url ?? repository, directory: folder } }),
    type: 'module',
    engines,
    ...(entries.length > 0 && { sideEffects: [`./${ESM}/once.js`, `./${CJS}/once.js`] }),
    ...(main && { main: `./${CJS}/${main}.js`, types: `./${CJS}/${main}.d.ts` }),
    exports: {
      ...Object.fromEntries(entries.map(([subpath, module]) => [subpath, conditions(module)])),
      './package.json': './package.json',
    },
    // For `moduleResolution: node10`, which knows no exports.
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

/** Ours by a caret, so that npm installs one copy wherever one will do. Those of internal entry points alone are left out. */
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
