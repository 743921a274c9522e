import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const LAUNCHER = fileURLToPath(new URL('../node.mjs', import.meta.url));

describe('infra/local/node.mjs', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'quadrille-node-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const script = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it('runs a script with its arguments and exits with its exit code', () => {
    const file = script('says.mjs', 'console.log(JSON.stringify(process.argv.slice(1))); process.exitCode = 7;');
    const { status, stdout } = spawnSync(process.execPath, [LAUNCHER, file, '--a', 'b c'], { encoding: 'utf8' });
    expect({ status, argv: JSON.parse(stdout) }).toEqual({ status: 7, argv: [file, '--a', 'b c'] });
  });

  it('ends with the same signal as the script', async () => {
    const file = script('waits.mjs', "console.log('ready'); setInterval(() => {}, 1_000);");
    const child = spawn(process.execPath, [LAUNCHER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  });

  it('prints its usage if called without a script', () => {
    const { status, stderr } = spawnSync(process.execPath, [LAUNCHER], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'Usage: node infra/local/node.mjs SCRIPT [ARGUMENT]…\n' });
  });
});
