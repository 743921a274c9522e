import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeBlocks, editOf } from './code-blocks.js';
import { REPOSITORY } from './program.js';

const page = readFileSync(join(REPOSITORY, 'docs/tutorial/your-first-choreography.md'), 'utf8');
const TSC = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
const SLOW_MS = 180_000;

let home: string;
let bakery: string;

/** Builds the bakery of the tutorial outside the repository. */
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'quadrille-tools-'));
  bakery = join(home, 'bakery');
  symlinkSync(join(REPOSITORY, 'node_modules'), join(home, 'node_modules'));
  for (const { path, apply } of codeBlocks(page).flatMap((block) => editOf(block) ?? [])) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), apply(''));
  }
  expect(node(TSC, '-p', '.')).toEqual({ status: 0, output: '' });
  cpSync(join(bakery, 'dist'), join(bakery, 'whole'), { recursive: true });
}, SLOW_MS);
afterAll(() => rmSync(home, { recursive: true, force: true }));

function node(...args: string[]) {
  const env = { ...process.env, NODE_OPTIONS: '--no-warnings' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: bakery, encoding: 'utf8', env });
  return { status, output: `${stdout}${stderr}` };
}
const quadrille = (...args: string[]) => node(join(REPOSITORY, 'packages/cli/bin/quadrille.mjs'), ...args);

/** Replaces a part of one compiled file of the bakery. */
function broken(file: string, from: string | RegExp, to: string): void {
  cpSync(join(bakery, 'whole'), join(bakery, 'dist'), { recursive: true });
  const path = join(bakery, 'dist', file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

describe('the commands on the bakery of the tutorial', () => {
  it('print the documented output', () => {
    const { output: verified } = quadrille('verify');
    const { output: explored, status } = quadrille('explore');
    const shown = codeBlocks(page).find(({ language }) => language === 'text')!.text;
    expect(verified + explored).toBe(shown);
    expect(status).toBe(0);
  });

  it('read a configuration whose types match the output of tsc', () => {
    const options = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--types',
      'node',
      '--module',
      'nodenext',
    ];
    const check = () => node(TSC, ...options, '--target', 'es2023', 'quadrille.config.ts');
    expect(check()).toEqual({ status: 0, output: '' });
    const config = join(bakery, 'quadrille.config.ts');
    const text = readFileSync(config, 'utf8');
    writeFileSync(config, text.replace('.loaves < 0', '.loafs < 0'));
    expect(check().output).toContain("Property 'loafs' does not exist on type 'Flour'");
    writeFileSync(config, text);
  });

  it('fulfil their promises in memory under the faults of each seed', () => {
    const { status, output } = quadrille('simulate', '--seeds', '2', '--sagas', '40');
    expect(output).toMatch(/^✓ seed 1: 40 sagas and \d+ faults in .+\n✓ seed 2: /);
    expect(output).toMatch(/^✓ 0 of 2 seeds broke a promise/m);
    expect(status).toBe(0);
  });

  it('hold if an event takes effect twice', () => {
    const { status, output } = quadrille('explore', '--no-inbox', '--json');
    expect(JSON.parse(output)).toMatchObject({ violations: [], unseen: [] });
    expect(status).toBe(0);
  });

  it('print the artefacts derived from the table', () => {
    expect(quadrille('topics').output).toMatch(
      /^bakery\.oven\.v1 +oven +bakery\.counter +bakery\.oven\.bread-baked\.v1$/m,
    );
    expect(quadrille('topics', '--acls').output).toContain(
      'User:oven --operation Read --operation Describe --topic bakery.counter.v1',
    );
    expect(quadrille('diagram').output).toContain('order-bread -- BreadOrdered --> bake-bread');
    expect(quadrille('diagram', '--table').output).toContain(
      '| bake-bread | oven | BreadOrdered | BreadBaked · BakingFailed |',
    );
    expect(JSON.parse(quadrille('asyncapi').output)).toMatchObject({
      info: { title: 'bakery' },
      channels: { oven: { address: 'bakery.oven.v1' } },
    });
  });
});

describe('an invalid bakery', () => {
  it('is reported if no row compensates a step', () => {
    broken('bakery.js', /compensates: \{[^}]*\},?/, '');
    const { status, output } = quadrille('verify');
    expect(output).toContain(
      'bake-bread turns back with BakingFailed, but take-back-order goes forward: list the compensated steps under compensates.',
    );
    expect(status).toBe(1);
    expect(quadrille('explore')).toEqual({ status, output });
  });

  it('is reported if no row handles an event', () => {
    broken('bakery.js', 'handles: [BreadBaked]', 'handles: []');
    const { status, output } = quadrille('verify');
    expect(output).toContain('No row handles BreadBaked: let a row handle it, or mark the event final.');
    expect(status).toBe(1);
  });

  it('is reported with the shortest sequence to an order that never ends', () => {
    broken('counter.js', 'OrderTakenBack(failed)', 'ignore');
    const { status, output } = quadrille('explore');
    expect(output).toContain(
      '  Broken: every saga ends, in one way. No message is in transit, but the saga has not ended after BreadOrdered, BakingFailed.',
    );
    expect(output).toMatch(/^ {4}\d\. counter handles BakingFailed, take-back-order: emits nothing\.$/m);
    expect(status).toBe(1);
  });

  it('is reported if it breaks its own promise', () => {
    broken('oven.js', 'flour.loaves < order.loaves', 'flour.loaves < 1');
    const { status, output } = quadrille('explore');
    expect(output).toContain('  Broken: no loaf without flour. More rye was baked than there was.');
    expect(status).toBe(1);
  });

  it('is reported if a step without a state acts twice', () => {
    broken('counter.js', "(order.status === 'none' ? BreadOrdered(wish) : ignore)", 'BreadOrdered(wish)');
    const { status, output } = quadrille('explore');
    expect(output).toContain('  Broken: each step acts once. BreadOrdered is emitted a second time.');
    expect(status).toBe(1);
  });
});
