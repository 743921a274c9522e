// Bills of materials (CycloneDX): npm run sbom [-- --image NAME] writes to .release/sbom
// repository.cdx.json: all production dependencies · <package>.cdx.json: the same for each published package
// image.cdx.json, with --image: the actual contents of an image, including packages of Debian
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { publishedFolders } from '../release/published.mjs';
import { billOf, billOfImage, productionNeeds, refOf } from './bill.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const OUTPUT_MAX_BYTES = 64 * 1_024 * 1_024;
const { values } = parseArgs({ options: { image: { type: 'string' }, to: { type: 'string' } } });
const to = values.to ?? join(root, '.release/sbom');
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot5);

mkdirSync(to, { recursive: true });
if (values.image) await write('image', billOfImage(values.image, ...contentsOf(values.image)));
else {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const [whole, needs] = [ofRepository(), productionNeeds(lock)];
  await write('repository', billOf(whole, needs, runs(lock)));
  for (const folder of publishedFolders(root)) {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const main = `${name}@${version}`;
    await write(name.replace('@quadrille/', ''), billOf(whole, needs, [main], main));
  }
}

/** The programs and libraries: the services, the command line, and every published package. */
function runs({ packages }) {
  const published = publishedFolders(root).map((folder) => relative(root, folder).replaceAll('\\', '/'));
  return Object.entries(packages)
    .filter(([path]) => /^apps\/[^/]+$/.test(path) || path === 'packages/cli' || published.includes(path))
    .map(([path, entry]) => refOf(path, entry));
}

/** Reads only package-lock.json, and no registry. */
function ofRepository() {
  const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  const options = { cwd: root, encoding: 'utf8', maxBuffer: OUTPUT_MAX_BYTES, shell: process.platform === 'win32' };
  const { status, stdout, stderr } = spawnSync('npm', args, options);
  if (status !== 0) throw new Error(`npm sbom failed. ${stderr}`);
  const bill = JSON.parse(stdout);
  // npm names it after the folder of the repository.
  bill.metadata.component.name = name;
  return bill;
}

/** Returns the image's id and its contents, from a program that runs in it without a network, on a read-only file system. */
function contentsOf(image) {
  const docker = (args, input) =>
    execFileSync('docker', args, { encoding: 'utf8', maxBuffer: OUTPUT_MAX_BYTES, ...(input && { input }) });
  const program = readFileSync(new URL('./image-contents.mjs', import.meta.url), 'utf8');
  const inside = ['run', '--rm', '--interactive', '--network=none', '--read-only', '--entrypoint=node'];
  const id = docker(['image', 'inspect', '--format', '{{.Id}}', image]).trim();
  return [id, JSON.parse(docker([...inside, image, '--input-type=module', '-'], program))];
}

/** Validates a bill against the schema of CycloneDX before writing it. */
async function write(name, bill) {
  const text = `${JSON.stringify(bill, null, 2)}\n`;
  const wrong = await validator.validate(text);
  if (wrong) throw new Error(`The bill of ${name} is not valid CycloneDX 1.5: ${JSON.stringify(wrong)}`);
  writeFileSync(join(to, `${name}.cdx.json`), text);
  console.log(`${name}.cdx.json: ${bill.components.length} components`);
}
