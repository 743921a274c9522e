import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parseCrashAt } from './crash-on.js';
import { CRASH_POINTS } from './crash-points.js';

const packages = fileURLToPath(new URL('../..', import.meta.url));

/** The names in all `crashPoint` calls of production code. */
function placed(): string[] {
  const sources = readdirSync(packages).flatMap((name) => sourcesOf(join(packages, name, 'src')));
  return sources.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bcrashPoint\('([^']+)'/g)].map((m) => m[1]!),
  );
}

function sourcesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !/\.(spec|fixture)\.ts$/.test(path))
      .map((path) => join(folder, path));
  } catch {
    return [];
  }
}

describe('crash points', () => {
  it('are each placed once in the code, and no other point exists', () => {
    expect(placed().sort()).toEqual(Object.keys(CRASH_POINTS).sort());
  });

  it('are parsed with the number of the hit, which defaults to the first', () => {
    expect(parseCrashAt('relay.taken')).toEqual({ point: 'relay.taken', passage: 1 });
    expect(parseCrashAt('relay.taken:12')).toEqual({ point: 'relay.taken', passage: 12 });
    expect(parseCrashAt('relay.taken:0')).toBeUndefined();
    expect(parseCrashAt('toString')).toBeUndefined();
    expect(parseCrashAt('relay.token')).toBeUndefined();
  });
});
