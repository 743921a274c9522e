// Fails for known vulnerabilities of production dependencies, high or critical: npm run audit [-- --required]
// Exceptions are in audit-exceptions.json. Exit codes: 0 none · 1 some · 75 not checked, because the registry cannot be queried; with --required 1 instead.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { problemsOf } from './advisories.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** EX_TEMPFAIL of sysexits.h. */
const NOT_CHECKED = 75;
const ANSWERS_WITHIN_MS = 60_000;
const ASKING = ['audit', '--json', '--omit=dev', '--package-lock-only', '--fetch-retries=1', '--fetch-timeout=15000'];

const report = ask();
if (typeof report === 'string') {
  console.log(`NOT CHECKED for known vulnerabilities: the registry cannot be queried (${report}).`);
  process.exit(process.argv.includes('--required') ? 1 : NOT_CHECKED);
}
const exceptions = JSON.parse(readFileSync(new URL('./audit-exceptions.json', import.meta.url), 'utf8'));
const problems = problemsOf(report, exceptions, new Date().toISOString().slice(0, 10));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`No vulnerability is known, high or critical, except ${exceptions.length} exceptions.`);

/** Returns the report, or half a sentence with the reason for a missing one. */
function ask() {
  const shell = process.platform === 'win32';
  const { stdout, error } = spawnSync('npm', ASKING, {
    cwd: root,
    encoding: 'utf8',
    timeout: ANSWERS_WITHIN_MS,
    shell,
  });
  if (error) return error.message;
  try {
    const answer = JSON.parse(stdout);
    return answer.vulnerabilities
      ? answer
      : (answer.message ?? answer.error?.summary ?? 'it gave no report').split(' - ')[0];
  } catch {
    return 'it gave no report';
  }
}
