import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transformFileSync } from '@swc/core';
import { commandLine } from '../ancestors.mjs';
import { startPostgres } from './postgres.js';
import { until } from './process/until.js';

/** Other specs may use all cores. */
const LINES_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = 30_000;

const HERE = dirname(fileURLToPath(import.meta.url));

/** A second Node cannot run TypeScript, so its sources are compiled. */
function translateTo(folder: string): void {
  const sources = readdirSync(HERE, { recursive: true, encoding: 'utf8' });
  for (const file of sources.filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))) {
    const target = join(folder, 'src', file.replace(/ts$/, 'js'));
    mkdirSync(dirname(target), { recursive: true });
    const jsc = { target: 'es2022', parser: { syntax: 'typescript' } } as const;
    writeFileSync(target, transformFileSync(join(HERE, file), { swcrc: false, jsc, module: { type: 'es6' } }).code);
  }
  for (const name of ['ancestors.mjs', 'guard.mjs']) copyFileSync(join(HERE, '..', name), join(folder, name));
  symlinkSync(join(HERE, '../../../node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
}

const CHILDREN = `
  import { startProcess } from './src/process.js';
  const script = "const grandchild = require('node:child_process').spawn('sleep', ['600']); console.log(grandchild.pid); setInterval(() => {}, 1000)";
  for (const name of ['order', 'payment']) {
    const child = await startProcess({ name, command: process.execPath, args: ['-e', script], onLine: (line) => console.log(line) });
    console.log(child.pid);
  }
`;
const STOPPING = `
  import { onInterrupt } from './src/interrupt.js';
  onInterrupt(async () => console.log('stopping'));
`;

describe('after the end of the parent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-parent-'));
  const parents: ChildProcess[] = [];
  beforeAll(() => translateTo(folder));
  afterAll(() => {
    for (const parent of parents) parent.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  /** Starts a parent in a separate process group, as in a terminal, and reads the first `count` lines of its output. */
  async function parent(script: string, count: number): Promise<{ child: ChildProcess; lines: string[] }> {
    const file = join(folder, `parent-${parents.length}.mjs`);
    writeFileSync(file, script);
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    parents.push(child);
    const lines: string[] = [];
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => lines.push(line));
    await until('The parent did not print all lines', LINES_WITHIN_MS, () => lines.length >= count);
    return { child, lines };
  }
  const allEnd = (pids: string[]) =>
    until(`One of ${pids} still runs`, ENDS_WITHIN_MS, () =>
      pids.every((pid) => commandLine(Number(pid)) === undefined),
    );

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'by %s, no child and no grandchild runs',
    async (signal) => {
      const { child, lines } = await parent(CHILDREN, 4);
      expect(lines.map((pid) => commandLine(Number(pid)) !== undefined)).toEqual([true, true, true, true]);
      process.kill(-(child.pid as number), signal);
      await allEnd([String(child.pid), ...lines]);
    },
  );

  it('by SIGKILL, a paused child (SIGSTOP) is stopped gracefully too', async () => {
    const { child, lines } = await parent(CHILDREN, 4);
    process.kill(Number(lines[1]), 'SIGSTOP');
    process.kill(child.pid as number, 'SIGKILL');
    await allEnd(lines);
  });

  it('by SIGKILL, a container is removed, even if its client is dead', async () => {
    const engine = join(folder, 'engine');
    mkdirSync(engine, { recursive: true });
    const callsFile = join(engine, 'asked');
    writeFileSync(join(engine, 'docker'), `#!/bin/sh\necho "$@" >> '${callsFile}'\n`, { mode: 0o755 });
    const script = `
      process.env.PATH = ${JSON.stringify(engine)} + ':' + process.env.PATH;
      const { unregisterContainer, watchOverContainer } = await import('./src/process/guard.js');
      for (const name of ['kafka-gone', 'kafka-there']) watchOverContainer(name);
      unregisterContainer('kafka-gone');
      console.log('watched');
      setInterval(() => {}, 1000);
    `;
    const { child } = await parent(script, 1);
    process.kill(child.pid as number, 'SIGKILL');
    await until(
      'The engine was not called',
      10_000,
      () => existsSync(callsFile) && readFileSync(callsFile, 'utf8').endsWith('\n'),
    );
    expect(readFileSync(callsFile, 'utf8')).toBe('rm --force --volumes kafka-there\n');
  });

  (process.platform === 'linux' ? it : it.skip)(
    'and of its first guard, another guard stops the children',
    async () => {
      const { child, lines } = await parent(`${CHILDREN}\nsetInterval(() => console.log('alive'), 20);`, 1);
      const pids = () => lines.filter((line) => line !== 'alive');
      await until('Not all children run', LINES_WITHIN_MS, () => pids().length === 4);
      const guards = () =>
        readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
          .split(' ')
          .filter((pid) => pid && commandLine(Number(pid))?.includes('guard.mjs'))
          .map(Number);
      const first = guards();
      expect(first).toHaveLength(1);
      process.kill(first[0] as number, 'SIGKILL');
      await until('No other guard', LINES_WITHIN_MS, () => guards().some((pid) => pid !== first[0]));
      // The turn that started the other guard has also sent its orders. One line may be on its way from before.
      const before = lines.length;
      await until('The parent hangs', LINES_WITHIN_MS, () => lines.length > before + 1);
      process.kill(child.pid as number, 'SIGKILL');
      await allEnd(pids());
    },
  );

  it('by Ctrl-C, it stops once even if npm passes the signal on, and no child runs', async () => {
    const { child, lines } = await parent(STOPPING + CHILDREN, 4);
    const pids = lines.slice();
    // With all of its output.
    const closed = once(child, 'close');
    process.kill(-(child.pid as number), 'SIGINT');
    process.kill(child.pid as number, 'SIGINT');
    const [exitCode] = await closed;
    await allEnd(pids);
    expect(lines.filter((line) => line === 'stopping')).toEqual(['stopping']);
    expect(exitCode).toBe(130);
  });

  it('by SIGKILL, PostgreSQL restarts immediately on its data', async () => {
    const dataDir = join(folder, 'postgres');
    const script = `
      import { startPostgres } from './src/postgres.js';
      const postgres = await startPostgres({ dataDir: ${JSON.stringify(dataDir)} });
      await postgres.createService('order', 'secret');
      console.log(postgres.pid);
    `;
    const { child, lines } = await parent(script, 1);
    process.kill(child.pid as number, 'SIGKILL');
    await once(child, 'exit');
    const again = await startPostgres({ dataDir });
    expect(await again.createService('order', 'secret')).toContain(`127.0.0.1:${again.port}/order`);
    await allEnd(lines);
    await again.stop();
  });
});
