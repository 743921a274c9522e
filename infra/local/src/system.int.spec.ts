import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSystem } from './system.js';

/** Exists while a server runs, and is removed after its end. */
const RUNNING = 'running.json';

describe('a system whose Kafka does not start', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'quadrille-system-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });

  it('stops a PostgreSQL that was still starting', async () => {
    // No broker can use a file as its folder.
    writeFileSync(join(dataDir, 'kafka'), '');
    await expect(startSystem({ dataDir, ports: 'free' })).rejects.toThrow('EEXIST');
    // The start was awaited, so that it could be stopped.
    expect(existsSync(join(dataDir, 'postgres', 'postgres.log'))).toBe(true);
    expect(existsSync(join(dataDir, 'postgres', RUNNING))).toBe(false);
  });
});
