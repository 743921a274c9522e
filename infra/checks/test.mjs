// npm test: all specs, the pure ones first, the whole system last. The last line has the totals.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const kinds = [
  ['unit', 'pure specs'],
  ['int', 'one real server each'],
  ['e2e', 'the whole system'],
];
const results = mkdtempSync(join(tmpdir(), 'quadrille-results-'));
const jest = fileURLToPath(new URL('./jest.mjs', import.meta.url));
const total = { passed: 0, failed: 0, skipped: 0 };
/** Repeated at the end of the output. */
const failures = [];

for (const [kind, what] of kinds) {
  console.log(`\n— ${kind}: ${what}`);
  const file = join(results, `${kind}.json`);
  const started = Date.now();
  const { status } = spawnSync(process.execPath, [jest, kind, '--json', `--outputFile=${file}`, '--silent=false'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const counted = read(file);
  total.passed += counted.numPassedTests;
  total.skipped += counted.numPendingTests;
  failures.push(...failuresIn(counted));
  // A file that failed to load counts as a failure, although none of its tests ran.
  total.failed += counted.numFailedTests + counted.numRuntimeErrorTestSuites;
  if (status !== 0 && counted.numFailedTests + counted.numRuntimeErrorTestSuites === 0) total.failed += 1;
  console.log(`${kind} took ${((Date.now() - started) / 1_000).toFixed(0)} s`);
}

rmSync(results, { recursive: true });
for (const failure of failures) console.log(`failed: ${failure}`);
if (total.skipped > 0) console.log(`\n${total.skipped} skipped; the reasons are printed above`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 1, testResults: [] };
  }
}

function failuresIn({ testResults }) {
  return testResults.flatMap(({ name, status, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const failed = assertionResults
      .filter((each) => each.status === 'failed')
      .map((each) => `${file}: ${each.fullName}`);
    return status === 'failed' && failed.length === 0 ? [`${file}: could not be run`] : failed;
  });
}
