// Bills of materials in CycloneDX 1.5, which is what `npm sbom` writes.
import { randomUUID } from 'node:crypto';

/**
 * What of a bill the given components need at run time, they included.
 * @param needs by `name@version`, as {@link productionNeeds} gives them
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
 * What each package of a package-lock.json needs at run time, by `name@version`: dependencies, optional ones that are there,
 * and peers that are not optional.
 * `npm sbom --omit=dev` cannot be asked: it leaves out what one workspace needs at run time as soon as another needs it for development.
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

/** `kafkajs@2.2.4`: what Node finds under that name from a folder, which is the nearest one upwards. */
function resolved(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = `${folder && `${folder}/`}node_modules/${name}`;
    const entry = packages[path];
    if (entry) return entry.link ? refOf(entry.resolved, packages[entry.resolved]) : refOf(path, entry);
    if (folder === '') return undefined;
  }
}

/** As `npm sbom` writes it. */
export const refOf = (path, { name, version }) =>
  `${name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`;

/**
 * The bill of an image from what was found in it.
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

/** An expression of SPDX where it is one of several words, else an id. */
const licenceOf = (licence) => (/\s/.test(licence) ? { expression: licence } : { license: { name: licence } });
