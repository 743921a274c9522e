import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commandLine } from '../../ancestors.mjs';
import { endLeftover, lockDataDir, unlockDataDir } from './data-dir-lock.js';
import { identityOf } from './identity.js';

describe('a server of an earlier run', () => {
  let dataDir: string;
  let server: ChildProcess;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'quadrille-claim-'));
    server = spawn('sleep', ['600']);
    await new Promise((resolve) => server.once('spawn', resolve));
  });
  afterEach(() => {
    server.kill('SIGKILL');
    rmSync(dataDir, { recursive: true });
  });
  const pid = () => server.pid as number;
  const write = (content: unknown) => writeFileSync(join(dataDir, 'running.json'), JSON.stringify(content));
  const dead = { pid: 2 ** 22 + 1, born: 'long ago' };

  it('is stopped if its owner is dead', async () => {
    write({ server: identityOf(pid()), owner: dead });
    await endLeftover(dataDir, 'Kafka', 'SIGTERM');
    expect(commandLine(pid())).toBeUndefined();
  });

  it('is stopped if another process has its owner’s pid', async () => {
    write({ server: identityOf(pid()), owner: { pid: process.pid, born: 'long ago' } });
    await endLeftover(dataDir, 'Kafka', 'SIGTERM');
    expect(commandLine(pid())).toBeUndefined();
  });

  it('is not stopped while its owner runs', async () => {
    lockDataDir(dataDir, pid());
    await expect(endLeftover(dataDir, 'Kafka', 'SIGTERM')).rejects.toThrow(
      `Kafka of ${dataDir} is in use by process ${process.pid}: stop that process first`,
    );
    expect(commandLine(pid())).toBe('sleep 600');
  });

  it('is not confused with another process with its pid', async () => {
    write({ server: { pid: pid(), born: 'long ago' }, owner: dead });
    await endLeftover(dataDir, 'Kafka', 'SIGTERM');
    expect(commandLine(pid())).toBe('sleep 600');
  });

  it('is ignored after its lock was removed', async () => {
    lockDataDir(dataDir, pid());
    unlockDataDir(dataDir);
    await endLeftover(dataDir, 'Kafka', 'SIGTERM');
    expect(commandLine(pid())).toBe('sleep 600');
  });
});
