import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const QUADRILLE = fileURLToPath(new URL('../bin/quadrille.mjs', import.meta.url));
const SLOW_MS = 120_000;
/** Exit code of a program that SIGPIPE ended; 0 if it wrote everything before the reader stopped. */
const CUT_SHORT = [0, 141];
const FULL = '/dev/full';

/** Every command, with arguments that need no system. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  timeline: ['--help'],
  doctor: ['--help'],
  stuck: ['--help'],
  'dead-letters': ['--help'],
  audit: ['--help'],
  load: ['--help'],
  erase: ['--help'],
  rewrap: ['--help'],
  token: ['--help'],
  live: ['--help'],
  topics: [],
  diagram: [],
  asyncapi: [],
  verify: [],
  explore: ['--help'],
  simulate: ['--seeds', '2', '--orders', '20'],
  lab: ['--help'],
  complete: ['bash'],
  help: [],
};
const commands = Object.entries(COMMANDS).map(([name, args]) => [[name, ...args].join(' ')] as const);

/** Runs a line of bash, in which `quadrille` is the command; returns its exit code and standard error. */
function bash(line: string): { code: number; stderr: string } {
  const script = `quadrille() { "${process.execPath}" "${QUADRILLE}" "$@"; }; ${line}`;
  const { status, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  return { code: status!, stderr };
}

describe('the output of quadrille', () => {
  it('is tested for every command', () => {
    const { stdout } = spawnSync(process.execPath, [QUADRILLE, 'complete', '--', ''], { encoding: 'utf8' });
    const offered = stdout.split('\n').flatMap((line) => (line.includes('\t') ? [line.split('\t')[0]!] : []));
    expect(offered.sort()).toEqual(Object.keys(COMMANDS).sort());
  });

  it.each(commands)(
    'ends silently if the reader stops: %s',
    (command) => {
      const out = bash(`quadrille ${command} | true; exit \${PIPESTATUS[0]}`);
      expect({ ...out, code: CUT_SHORT.includes(out.code) }).toEqual({ code: true, stderr: '' });
      const both = bash(`quadrille ${command} 2>&1 | true; exit \${PIPESTATUS[0]}`);
      expect(CUT_SHORT).toContain(both.code);
    },
    SLOW_MS,
  );

  it('ends silently if the reader of errors stops', () => {
    const { code } = bash(`quadrille timeline mine 2>&1 >/dev/null | true; exit \${PIPESTATUS[0]}`);
    expect([2, 141]).toContain(code);
  });

  (existsSync(FULL) ? it.each(commands) : it.skip.each(commands))(
    'reports a full device in one sentence, and truncated output by the exit code: %s',
    (command) => {
      expect(bash(`quadrille ${command} > ${FULL}`)).toEqual({
        code: 2,
        stderr: 'The output could not be written: ENOSPC: no space left on device, write.\n',
      });
      expect(bash(`quadrille ${command} > ${FULL} 2> ${FULL}`).code).toBe(2);
    },
    SLOW_MS,
  );
});
