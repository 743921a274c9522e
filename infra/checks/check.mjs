// All checks without a server: format, lint and import rules, build and types, dead code, generated files, links, pure specs
// (skipped with --without-specs, because `npm test` runs them).
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const checks = [
  ['format, lint, import rules', 'npx', ['biome', 'ci', '.']],
  ['build', 'npx', ['turbo', 'run', 'build', '--output-logs=errors-only']],
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
  ['reports and reference of the public API', process.execPath, ['infra/release/api.mjs', '--check', '--reference']],
  ['links of the documents', process.execPath, ['infra/checks/links.mjs']],
  ['bills of materials', process.execPath, ['infra/supply-chain/sbom.mjs']],
  ['no known vulnerabilities', process.execPath, ['infra/supply-chain/audit.mjs']],
];
if (!process.argv.includes('--without-specs'))
  checks.push(['pure specs', process.execPath, ['infra/checks/jest.mjs', 'unit', '--silent']]);

/** The exit code of a check that could not be made here. */
const NOT_CHECKED = 75;

for (const [what, command, args] of checks) {
  const started = Date.now();
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  });
  const seconds = ((Date.now() - started) / 1_000).toFixed(1);
  const mark = status === 0 ? '✓' : status === NOT_CHECKED ? '– not checked:' : '✗';
  console.log(`${mark} ${what} (${seconds} s)`);
  if (status !== 0 && status !== NOT_CHECKED) process.exit(status ?? 1);
}
