// Runs inside an image and prints its contents as JSON: packages of npm below the working directory, packages of Debian, Node itself.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Only these folders: /proc is endless. */
const FOLDERS = ['node_modules', 'apps', 'packages'].filter((folder) => existsSync(folder));

const packages = [];
const files = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
);
for (const file of files) {
  // The package.json of a package itself, not one with only the "type" of a folder in it.
  if (!/(^|\/)node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(file)) continue;
  const { name, version, license } = JSON.parse(readFileSync(file, 'utf8'));
  if (name && version) packages.push({ name, version, ...(typeof license === 'string' && { licence: license }) });
}
// biome-ignore lint/suspicious/noTemplateCurlyInString: the fields are dpkg's.
const format = ['-f', '${binary:Package}\t${Version}\t${Architecture}\n'];
const debian = execFileSync('dpkg-query', ['-W', ...format], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .map((line) => {
    const [name, version, architecture] = line.split('\t');
    return { name: name.split(':')[0], version, architecture };
  });
const release = /^VERSION_CODENAME=(.+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
console.log(JSON.stringify({ packages, debian, release, node: process.versions.node }));
