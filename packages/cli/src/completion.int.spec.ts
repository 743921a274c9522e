import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const QUADRILLE = fileURLToPath(new URL('../bin/quadrille.mjs', import.meta.url));
const quadrille = (...args: string[]) => spawnSync(process.execPath, [QUADRILLE, ...args], { encoding: 'utf8' }).stdout;

describe('quadrille complete', () => {
  it('offers every command, of operators and of proofs', () => {
    const offered = quadrille('complete', '--', '').split('\n');
    for (const command of [
      'timeline',
      'doctor',
      'live',
      'dead-letters',
      'audit',
      'load',
      'verify',
      'explore',
      'simulate',
    ]) {
      expect(offered.some((line) => line.startsWith(`${command}\t`))).toBe(true);
    }
  });

  it('offers the options of a command', () => {
    const offered = quadrille('complete', '--', 'load', '--');
    for (const option of ['--rate', '--seconds', '--kind', '--json']) expect(offered).toContain(option);
  });

  it('prints a script that bash can read', () => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: quadrille('complete', 'bash'), encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});
