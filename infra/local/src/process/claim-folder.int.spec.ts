import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { transformFileSync } from '@swc/core';
import { identityOf } from './identity.js';
import { until } from './until.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const OUTPUT_WITHIN_MS = 20_000;

/** Waits for a line, so that all claim concurrently; then prints the result and runs until it is stopped. */
const STARTER = `
  import { claimFolder } from './src/process/claim-folder.js';
  const [folder] = process.argv.slice(2);
  console.log('there');
  process.stdin.once('data', () => {
    try {
      claimFolder(folder);
      console.log('has it');
      process.on('SIGTERM', () => process.exit(0));
      setInterval(() => {}, 1_000);
    } catch (error) {
      console.log(error.message);
      process.exit(1);
    }
  });
`;

describe('a claim on a data folder', () => {
  let home: string;
  let folder: string;
  let starters: ChildProcess[];
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'quadrille-claim-'));
    folder = join(home, 'data');
    starters = [];
    // A second Node cannot run TypeScript.
    mkdirSync(join(home, 'src/process'), { recursive: true });
    for (const name of ['claim-folder', 'identity']) {
      const jsc = { target: 'es2022', parser: { syntax: 'typescript' } } as const;
      const { code } = transformFileSync(join(HERE, `${name}.ts`), { swcrc: false, jsc, module: { type: 'es6' } });
      writeFileSync(join(home, 'src/process', `${name}.js`), code);
    }
    copyFileSync(join(HERE, '../../ancestors.mjs'), join(home, 'ancestors.mjs'));
    writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(home, 'starter.js'), STARTER);
  });
  afterEach(async () => {
    for (const starter of starters) starter.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Starts several processes, has them claim concurrently, and returns their output. */
  async function race(count: number): Promise<{ starter: ChildProcess; output: string }[]> {
    const racing = Array.from({ length: count }, () => {
      const starter = spawn(process.execPath, [join(home, 'starter.js'), folder], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      starters.push(starter);
      const lines: string[] = [];
      createInterface({ input: starter.stdout as NodeJS.ReadableStream }).on('line', (line) => lines.push(line));
      return { starter, lines };
    });
    await until('Not all starters are ready', OUTPUT_WITHIN_MS, () => racing.every(({ lines }) => lines.length === 1));
    for (const { starter } of racing) starter.stdin?.write('go\n');
    await until('Not all starters have printed their result', OUTPUT_WITHIN_MS, () =>
      racing.every(({ lines }) => lines.length === 2),
    );
    return racing.map(({ starter, lines }) => ({ starter, output: lines[1] as string }));
  }

  const ended = async (starter: ChildProcess, signal: NodeJS.Signals) => {
    const exit = once(starter, 'exit');
    starter.kill(signal);
    await exit;
  };

  it('succeeds in one of many concurrent starts, and the others report its process', async () => {
    // Repeatedly: on a folder after a graceful stop, after a kill, and on a new one.
    for (const leaving of ['SIGTERM', 'SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
      const output = await race(8);
      const owners = output.filter((each) => each.output === 'has it');
      expect(owners).toHaveLength(1);
      const { starter: owner } = owners[0]!;
      const refusal = `${folder} is in use by process ${owner.pid} (${process.execPath} ${join(home, 'starter.js')} ${folder}): stop that process first, or choose another folder with QUADRILLE_DATA_DIR.`;
      expect(new Set(output.map((each) => each.output))).toEqual(new Set(['has it', refusal]));
      await ended(owner, leaving);
      expect(readdirSync(join(folder, 'claims'))).toHaveLength(1);
    }
  }, 60_000);

  const left = (owner: object) => {
    mkdirSync(join(folder, 'claims/7'), { recursive: true });
    writeFileSync(join(folder, 'claims/7/owner.json'), JSON.stringify({ command: 'node start.mjs', ...owner }));
  };

  it('of a dead process is taken over, even if another process has its pid', async () => {
    left({ pid: process.pid, born: 'long ago' });
    const { output } = (await race(1))[0]!;
    expect(output).toBe('has it');
    expect(readdirSync(join(folder, 'claims'))).toEqual(['8']);
  });

  it('of a running process is respected', async () => {
    left({ ...identityOf(process.pid) });
    const { output } = (await race(1))[0]!;
    expect(output).toContain(`is in use by process ${process.pid} (node start.mjs)`);
    expect(readdirSync(join(folder, 'claims'))).toEqual(['7']);
  });
});
