import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const QUADRILLE = fileURLToPath(new URL('../../cli/bin/quadrille.mjs', import.meta.url));
/** The lab is a command of the shop, and the commands run outside of the repository. */
const CONFIG = fileURLToPath(new URL('../../../quadrille.config.mjs', import.meta.url));
const WITHIN_MS = 540_000;

/** The direct children of a process: servers, participants, coordinators and their guard. */
const childrenOf = (pid: number): number[] =>
  spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (parent === pid ? [child!] : []));
const runs = (pid: number): boolean =>
  /^[^Z\s]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim());

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
      expect(cells.map(({ cell, fault, unmet }: any) => [cell, fault, unmet])).toEqual(
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
      const interrupted = found.find(
        ({ states }: any) => states.payment === 'captured' && states.inventory === 'released',
      );
      expect([listed.stdout, interrupted?.states.shipping]).toEqual([listed.stdout, 'cancelled']);
      const { tx } = interrupted;
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

  it(
    'starts again after SIGKILL at any moment, and no process, prepared transaction or folder of the killed run remains',
    async () => {
      const children = new Set<number>();
      const postgres = join(home, '.quadrille', 'lab', 'postgres');
      rmSync(dirname(postgres), { recursive: true, force: true });
      for (const isReached of [
        () => existsSync(postgres),
        () => existsSync(join(postgres, 'running.json')),
        (output: string) => output.includes('4 participants'),
        (output: string) => output.includes('coordinator-1 killed'),
      ]) {
        const args = ['run', 'two-phase-commit', '--fault', 'driver-dies', '--rate', '1', '--seconds', '1'];
        const child = spawn(process.execPath, [QUADRILLE, 'lab', ...args, '--config', CONFIG], { cwd: home });
        const ended = once(child, 'exit');
        let output = '';
        child.stderr.on('data', (text: Buffer) => (output += text));
        while (!isReached(output)) {
          expect([child.exitCode, child.exitCode === null ? '' : output]).toEqual([null, '']);
          await pause(10);
        }
        for (const pid of childrenOf(child.pid!)) children.add(pid);
        if (output.includes('coordinator-1 killed')) {
          const inUse = expect.stringContaining(`is in use by process ${child.pid}`);
          expect(lab('interventions')).toMatchObject({ status: 2, stderr: inUse });
        }
        child.kill('SIGKILL');
        await ended;
      }
      const { status, stdout, stderr } = lab('run', 'two-phase-commit', '--rate', '1', '--seconds', '1');
      expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
      expect(stdout).toContain('no prepared transaction remains');
      while ([...children].some(runs)) await pause(100);
      expect(readdirSync(dirname(postgres)).sort()).toEqual(['claims', 'postgres', 'protocol.json']);
      expect(readdirSync(postgres).sort()).toEqual(['data', 'postgres.log', 'superuser-password']);
    },
    WITHIN_MS,
  );

  it.each([
    [['nonsense'], "unknown command 'nonsense'. Known commands: run, explore, race"],
    [['nonsense', '--json'], "unknown command 'nonsense'"],
    [['--nonsense'], "unknown option '--nonsense'"],
    [['race', 'nonsense'], 'Unknown protocol nonsense'],
    [['explore', 'nonsense'], 'Unknown protocol nonsense'],
    [['run', '2PS', '--fault', 'driver-dies,half-committed'], 'only two-phase-commit has them'],
    [['run', 'nonsense'], 'Unknown protocol nonsense'],
    [['run', 'unprotected', '--fault', 'nonsense'], 'Unknown fault nonsense'],
    [['run', 'unprotected', '--rate', '0'], 'Expected a whole number from 1 to 200'],
    [['run', 'unprotected', '--rate', '1e9'], 'Expected a whole number from 1 to 200'],
    [['run', 'unprotected', '--rate', 'abc'], 'Expected a whole number from 1 to 200'],
    [['run', 'two-phase-commit', '--fault', 'brokers-die'], 'brokers-die needs --decisions kafka.'],
    [['run', '2PS', '--fault', 'driver-dies,partition'], 'only three-phase-commit has one'],
    [['run', 'choreography', '--fault', 'brokers-die'], 'The choreography runs on one broker'],
    [['resolve', 'x'], 'Give --confirm or --cancel, and not both.'],
    [['run', 'try-confirm-cancel', '--expiry', '0'], 'Expected a duration above 0 with its unit'],
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
