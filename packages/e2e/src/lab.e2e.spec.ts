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
    'compares: the control leaves split orders, two-phase commit blocks, three-phase commit splits in a partition, sagas do neither',
    () => {
      const { status, signal, stdout, stderr } = lab('compare', '--quick', '--json', 'cells.json');
      const file = join(home, 'cells.json');
      const written = existsSync(file) ? readFileSync(file, 'utf8') : '[]';
      // All of it, because a run on another machine cannot be repeated.
      const output = status === 0 ? '' : [stdout, stderr, written].join('\n');
      expect({ status, signal, output }).toEqual({ status: 0, signal: null, output: '' });
      const cells = JSON.parse(written);
      expect(cells.map(({ cell, fault, surprises }: any) => [cell, fault, surprises])).toEqual(
        [
          ['unprotected', 'none', 'driver-dies'],
          ['two-phase-commit', 'none', 'driver-dies'],
          ['three-phase-commit', 'none', 'driver-dies', 'driver-dies,partition'],
          ['orchestrated-saga', 'none', 'driver-dies'],
          ['try-confirm-cancel', 'none', 'driver-dies'],
        ].flatMap(([cell, ...faults]) => faults.map((fault) => [cell, fault, []])),
      );
      expect(stdout).toContain('two-phase-commit');
    },
    WITHIN_MS,
  );

  it(
    'leaves an order to an operator if its reservations expire between two confirmations, and resolves it',
    () => {
      const args = ['--fault', 'driver-stops', '--expiry', '500ms', '--rate', '1', '--seconds', '1'];
      const run = lab('run', 'try-confirm-cancel', ...args);
      expect({ status: run.status, output: run.status === 0 ? '' : run.stdout + run.stderr }).toEqual({
        status: 0,
        output: '',
      });
      const listed = lab('interventions', '--json');
      expect(listed.status).toBe(1);
      const found = JSON.parse(listed.stdout);
      const struck = found.find(({ states }: any) => states.payment === 'captured' && states.inventory === 'released');
      expect([listed.stdout, struck?.states.shipping]).toEqual([listed.stdout, 'cancelled']);
      const { tx } = struck;
      expect(lab('resolve', tx, '--confirm')).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('cannot confirm: the reservation has expired'),
      });
      expect(lab('resolve', tx, '--cancel')).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('order CANCELLED, payment refunded, inventory released, shipping cancelled'),
      });
      expect(lab('resolve', tx, '--cancel')).toMatchObject({
        status: 1,
        stderr: expect.stringContaining(`${tx} needs no operator.`),
      });
    },
    WITHIN_MS,
  );

  it.each([
    [['run', 'nonsense'], 'Unknown protocol nonsense'],
    [['run', 'unprotected', '--fault', 'nonsense'], 'Unknown fault nonsense'],
    [['run', 'unprotected', '--rate', '0'], 'Expected a whole number from 1 to 200'],
    [['run', 'unprotected', '--rate', '1e9'], 'Expected a whole number from 1 to 200'],
    [['run', 'unprotected', '--rate', 'abc'], 'Expected a whole number from 1 to 200'],
    [['run', 'two-phase-commit', '--fault', 'brokers-die'], 'brokers-die needs --decisions kafka.'],
    [['run', '2PS', '--fault', 'driver-dies,partition'], 'only three-phase-commit has one'],
    [['run', 'choreography', '--fault', 'brokers-die'], 'The choreography runs on one broker'],
    [['resolve', 'x'], 'Give --confirm or --cancel, and not both.'],
    [['run', 'try-confirm-cancel', '--expiry', '3'], 'Expected a duration above 0 with its unit'],
    [['run', 'try-confirm-cancel', '--expiry', '-3s'], 'Expected a duration above 0 with its unit'],
    [['run', 'try-confirm-cancel', '--expiry', '0s'], 'Expected a duration above 0 with its unit'],
    [['explore', '--cuts', '3'], 'Expected a whole number from 0 to 1'],
    [['compare', '--quick', '--json', 'not/there/x.json'], 'The folder not/there does not exist'],
  ])('rejects %j in one sentence', (args, sentence) => {
    const { status, stderr } = lab(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(sentence)]);
    expect(existsSync(join(home, '.quadrille', 'lab', 'postgres', 'running.json'))).toBe(false);
  });
});
