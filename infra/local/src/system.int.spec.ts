import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSystem } from './system.js';

/** Written while a server of ours runs, gone when it has ended. */
const RUNNING = 'running.json';

describe('a system of which Kafka does not start', () => {
  const { KAFKA_BROKERS, QUADRILLE_KAFKA } = process.env;
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'quadrille-system-'));
    delete process.env.KAFKA_BROKERS;
    process.env.QUADRILLE_KAFKA = 'brokers';
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
    for (const [variable, value] of Object.entries({ KAFKA_BROKERS, QUADRILLE_KAFKA })) {
      if (value === undefined) delete process.env[variable];
      else process.env[variable] = value;
    }
  });

  it('leaves no PostgreSQL behind that was still starting', async () => {
    await expect(startSystem({ dataDir, ports: 'free' })).rejects.toThrow('KAFKA_BROKERS, which is not set');
    // It was waited for, so that it could be stopped.
    expect(existsSync(join(dataDir, 'postgres', 'postgres.log'))).toBe(true);
    expect(existsSync(join(dataDir, 'postgres', RUNNING))).toBe(false);
  });
});
