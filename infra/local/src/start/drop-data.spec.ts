import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDataDir } from '../process/data-dir-lock.js';
import { dropData } from './drop-data.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'quadrille-drop-'));
  for (const name of ['postgres', 'kafka', 'payment-provider', 'identity-provider']) mkdirSync(join(home, name));
  writeFileSync(join(home, 'service-passwords.json'), '{}');
});
afterEach(() => rmSync(home, { recursive: true }));

describe('--fresh', () => {
  it('removes the system’s data, and no other file next to it', async () => {
    writeFileSync(join(home, 'thesis.txt'), 'years of work');
    await dropData(home);
    expect(readdirSync(home)).toEqual(['thesis.txt']);
  });

  it('preserves the data of a running system', async () => {
    lockDataDir(join(home, 'postgres'), process.pid);
    await expect(dropData(home)).rejects.toThrow(`is in use by process ${process.pid}: stop that process first`);
    expect(existsSync(join(home, 'kafka'))).toBe(true);
  });

  it('has no effect before the first run', async () => {
    await expect(dropData(join(home, 'nowhere'))).resolves.toBeUndefined();
  });
});
