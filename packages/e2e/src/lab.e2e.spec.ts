import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const QUADRILLE = fileURLToPath(new URL('../../cli/bin/quadrille.mjs', import.meta.url));
/** The lab is a command of the shop, and the commands run outside of the repository. */
const CONFIG = fileURLToPath(new URL('../../../quadrille.config.mjs', import.meta.url));
const WITHIN_MS = 540_000;

/** All commands run in a separate folder. */
describe('quadrille lab', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'quadrille-lab-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const lab = (...args: string[]) =>
    spawnSync(process.execPath, [QUADRILLE, 'lab', ...args, '--config', CONFIG], {
      cwd: home,
      encoding: 'utf8',
      timeout: WITHIN_MS,
    });

  it(
    'compares: the control leaves split orders, two-phase commit blocks, three-phase commit does not and splits in a partition',
    () => {
      const { status, signal, stdout, stderr } = lab('compare', '--quick', '--json', 'cells.json');
      const file = join(home, 'cells.json');
      const written = existsSync(file) ? readFileSync(file, 'utf8') : '[]';
      // All of it, because a run on another machine cannot be repeated.
      const output = status === 0 ? '' : [stdout, stderr, written].join('\n');
      expect({ status, signal, output }).toEqual({ status: 0, signal: null, output: '' });
      const cells = JSON.parse(written);
      expect(cells.map(({ cell, fault, surprises }: any) => [cell, fault, surprises])).toEqual([
        ['unprotected', 'driver-dies', []],
        ['two-phase-commit', 'driver-dies', []],
        ['three-phase-commit', 'driver-dies', []],
        ['three-phase-commit', 'driver-dies,partition', []],
      ]);
      expect(stdout).toContain('two-phase-commit');
    },
    WITHIN_MS,
  );

  it.each([
    [['run', 'nonsense'], 'Unknown protocol nonsense'],
    [['run', 'unprotected', '--fault', 'nonsense'], 'Unknown fault nonsense'],
    [['run', 'unprotected', '--rate', '0'], 'Expected a whole number from 1 to 200'],
    [['run', 'unprotected', '--rate', '1e9'], 'Expected a whole number from 1 to 200'],
    [['run', 'try-confirm-cancel', '--expiry', '3'], 'Expected a duration above 0 with its unit'],
    [['run', 'try-confirm-cancel', '--expiry', '0s'], 'Expected a duration above 0 with its unit'],
    [['explore', '--cuts', '3'], 'Expected a whole number from 0 to 1'],
    [['compare', '--quick', '--json', 'not/there/x.json'], 'The folder not/there does not exist'],
  ])('rejects %j in one sentence', (args, sentence) => {
    const { status, stderr } = lab(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(sentence)]);
    expect(existsSync(join(home, '.quadrille', 'lab', 'postgres', 'running.json'))).toBe(false);
  });
});
