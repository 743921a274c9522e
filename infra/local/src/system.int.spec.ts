import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSystem } from './system.js';

/** Written while a server of ours runs, gone when it has ended. */
const RUNNING = 'running.json';

describe('a system of which Kafka does not start', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'quadrille-system-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });

  it('leaves no PostgreSQL behind that was still starting', async () => {
    // No broker can have its folder there.
    writeFileSync(join(dataDir, 'kafka'), '');
    await expect(startSystem({ dataDir, ports: 'free' })).rejects.toThrow('EEXIST');
    // It was waited for, so that it could be stopped.
    expect(existsSync(join(dataDir, 'postgres', 'postgres.log'))).toBe(true);
    expect(existsSync(join(dataDir, 'postgres', RUNNING))).toBe(false);
  });
});
