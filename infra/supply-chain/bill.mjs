// Bills of materials in CycloneDX 1.5, the version of `npm sbom`.
import { randomUUID } from 'node:crypto';

/**
 * Returns the part of a bill that the given components need at run time, including themselves.
 * @param needs by `name@version`, from {@link productionNeeds}
 * @param main the component that the bill is about; undefined: the repository
 */
export function billOf(whole, needs, roots, main) {
  const needed = reachable(needs, roots);
  if (main) needed.delete(main);
  const component = main ? whole.components.find((each) => each['bom-ref'] === main) : whole.metadata.component;
  const dependsOn = (ref) => [...(needs.get(ref) ?? [])].sort();
  return {
    ...whole,
    serialNumber: `urn:uuid:${randomUUID()}`,
    metadata: { ...whole.metadata, component },
    components: whole.components.filter((each) => needed.has(each['bom-ref'])),
    dependencies: [
      { ref: component['bom-ref'], dependsOn: main ? dependsOn(main) : roots },
      ...[...needed].sort().map((ref) => ({ ref, dependsOn: dependsOn(ref) })),
    ],
  };
}

function reachable(needs, roots) {
  const found = new Set(roots);
  for (const ref of found) for (const next of needs.get(ref) ?? []) found.add(next);
  return found;
}

/**
 * Returns the run-time dependencies of each package of a package-lock.json, by `name@version`: dependencies, installed optional ones,
 * and required peers.
 * `npm sbom --omit=dev` is no alternative: it omits run-time dependencies of one workspace that are development dependencies of another.
 */
export function productionNeeds({ packages }) {
  const needs = new Map();
  for (const [path, entry] of Object.entries(packages)) {
    if (entry.link) continue;
    const { dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta: meta } = entry;
    const peers = Object.keys(peerDependencies).filter((name) => !meta?.[name]?.optional);
    const names = new Set([...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]);
    const found = [...names].map((name) => resolved(packages, path, name)).filter(Boolean);
    const ref = refOf(path, entry);
    needs.set(ref, new Set([...(needs.get(ref) ?? []), ...found]));
  }
  return needs;
}

/** `kafkajs@2.2.4`: the package that Node resolves for that name from a folder, the nearest one upwards. */
function resolved(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = `${folder && `${folder}/`}node_modules/${name}`;
    const entry = packages[path];
    if (entry) return entry.link ? refOf(entry.resolved, packages[entry.resolved]) : refOf(path, entry);
    if (folder === '') return undefined;
  }
}

/** The reference of a component in the format of `npm sbom`. */
export const refOf = (path, { name, version }) =>
  `${name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`;

/**
 * Returns the bill of an image from its contents.
 * @param {{ packages: { name: string, version: string, licence?: string }[], debian: { name: string, version: string, architecture: string }[], release: string, node: string }} contents
 */
export function billOfImage(image, id, contents, at = new Date()) {
  const component = { 'bom-ref': 'image', type: 'container', name: image, version: id };
  const npm = contents.packages.map(({ name, version, licence }) => {
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    return {
      'bom-ref': purl,
      type: 'library',
      name,
      version,
      purl,
      ...(licence && { licenses: [licenceOf(licence)] }),
    };
  });
  const debian = contents.debian.map(({ name, version, architecture }) => {
    const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=${contents.release}`;
    return { 'bom-ref': purl, type: 'library', name, version, purl };
  });
  const node = {
    'bom-ref': 'node',
    type: 'platform',
    name: 'node',
    version: contents.node,
    purl: `pkg:generic/node@${contents.node}`,
  };
  const components = [...new Map([node, ...npm, ...debian].map((each) => [each['bom-ref'], each])).values()];
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${randomUUID()}`,
    version: 1,
    metadata: { timestamp: at.toISOString(), lifecycles: [{ phase: 'post-build' }], component },
    components,
    dependencies: [{ ref: 'image', dependsOn: components.map((each) => each['bom-ref']) }],
  };
}

/** An SPDX expression if it has several words, else an id. */
const licenceOf = (licence) => (/\s/.test(licence) ? { expression: licence } : { license: { name: licence } });
