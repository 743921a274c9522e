// npm test: the pure specs, those with one real server, the whole system. The last line counts them. What takes longer still
// (browsers, crash points, chaos, containers) is npm run test:soak.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slowness } from './slowness.mjs';

const kinds = [
  ['unit', 'pure specs'],
  ['int', 'one real server each'],
  ['e2e', 'the whole system'],
];
/** Beyond it servers start later than the specs wait for them, and what fails says nothing of the product. */
const TOO_SLOW = 3;
/** A machine that was too slow for a larger part of the time is no judge of what has time limits. */
const TOO_SLOW_SHARE = 0.1;
const LOOK_EVERY_MS = 10_000;
/** A kind that takes longer hangs. */
const LONGEST_MS = 1_800_000;

const results = mkdtempSync(join(tmpdir(), 'quadrille-results-'));
const jest = fileURLToPath(new URL('./jest.mjs', import.meta.url));
const total = { passed: 0, failed: 0, skipped: 0 };

for (const [kind, what] of kinds) {
  console.log(`\n— ${kind}: ${what}`);
  const timed = kind !== 'unit';
  const before = slowness();
  if (timed && before > TOO_SLOW) {
    console.log(`left out: this machine is ${times(before)} slower than the time limits of these specs are for`);
    total.skipped += 1;
    continue;
  }
  const file = join(results, `${kind}.json`);
  const started = Date.now();
  const { status, slow } = await run(kind, file);
  const counted = read(file);
  // A file that could not even be loaded is a failure although none of its tests ran.
  let failed = counted.numFailedTests + counted.numRuntimeErrorTestSuites;
  if (status !== 0 && failed === 0) failed = 1;
  if (timed && failed > 0 && slow.share > TOO_SLOW_SHARE) {
    console.log(
      `${failed} failed, and are not judged: for ${(slow.share * 100).toFixed(0)} % of the time this machine was more than ` +
        `${TOO_SLOW} times (once ${times(slow.most)}) slower than their time limits are for. Run npm run test:${kind} when it is not.`,
    );
    total.skipped += failed;
    failed = 0;
  }
  total.passed += counted.numPassedTests;
  total.skipped += counted.numPendingTests;
  total.failed += failed;
  console.log(`${kind} took ${((Date.now() - started) / 1_000).toFixed(0)} s`);
}

rmSync(results, { recursive: true });
if (total.skipped > 0) console.log(`\n${total.skipped} skipped, for want of what is named above`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

/** Runs the specs of a kind, and looks again and again how slow the machine is. */
async function run(kind, file) {
  const args = [jest, kind, '--json', `--outputFile=${file}`, '--silent=false'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], detached: true });
  const hangs = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), LONGEST_MS);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.kill(-child.pid, signal));
  const seen = [];
  const looking = setInterval(() => seen.push(slowness()), LOOK_EVERY_MS);
  const [status] = await once(child, 'exit');
  clearInterval(looking);
  clearTimeout(hangs);
  const share = seen.filter((each) => each > TOO_SLOW).length / Math.max(seen.length, 1);
  return { status, slow: { share, most: Math.max(0, ...seen) } };
}

function times(slower) {
  return `${slower.toFixed(1)} times`;
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 1 };
  }
}
