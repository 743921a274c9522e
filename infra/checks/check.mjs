// All checks without a server: format, lint and import rules, build and types, dead code, generated files, links, pure specs
// (skipped with --without-specs, because `npm test` runs them). Those that only read the build run side by side.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const first = [
  ['format, lint, import rules', 'npx', ['biome', 'ci', '.']],
  ['build', 'npx', ['turbo', 'run', 'build', '--output-logs=errors-only']],
];
/** The longest first. */
const onBuild = [
  ['reports and reference of the public API', process.execPath, ['infra/release/api.mjs', '--check', '--reference']],
  ['types of the specs', 'npx', ['tsc', '-p', 'infra/checks/tsconfig.specs.json']],
  ['the table is valid', process.execPath, ['packages/cli/bin/quadrille.mjs', 'verify']],
  ['every run of an order', process.execPath, ['packages/cli/bin/quadrille.mjs', 'explore', '--summary']],
  [
    'ten seeds of faults',
    process.execPath,
    ['packages/cli/bin/quadrille.mjs', 'simulate', '--seeds', '10', '--orders', '100'],
  ],
  ['no dead exports, files, dependencies', 'npx', ['knip', '--no-progress']],
  ['generated files', process.execPath, ['infra/checks/generate.mjs', '--check']],
  ['links of the documents', process.execPath, ['infra/checks/links.mjs']],
  ['bills of materials', process.execPath, ['infra/supply-chain/sbom.mjs']],
  ['no known vulnerabilities', process.execPath, ['infra/supply-chain/audit.mjs']],
];
const specs = ['pure specs', process.execPath, ['infra/checks/jest.mjs', 'unit', '--silent']];

/** The exit code of a check that could not be made here. */
const NOT_CHECKED = 75;

for (const check of first) await demand(check);
const waiting = [...onBuild];
const work = async () => {
  for (let check = waiting.shift(); check; check = waiting.shift()) await demand(check);
};
await Promise.all(Array.from({ length: availableParallelism() }, work));
if (!process.argv.includes('--without-specs')) await demand(specs);

/** Prints the output of a check once it has ended, and exits if it failed. */
async function demand([what, command, args]) {
  const started = Date.now();
  const { status, output } = await run(command, args);
  const seconds = ((Date.now() - started) / 1_000).toFixed(1);
  const mark = status === 0 ? '✓' : status === NOT_CHECKED ? '– not checked:' : '✗';
  console.log(`${output}${mark} ${what} (${seconds} s)`);
  if (status !== 0 && status !== NOT_CHECKED) process.exit(status ?? 1);
}

function run(command, args) {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1' };
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (status) => resolve({ status, output }));
  });
}
