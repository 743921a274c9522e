import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { isAllowed, licenceIn } from './licences.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(`${root}/${path}`, 'utf8'));

/** Optional packages that npm omits if they cannot be compiled. Their licences are missing in package-lock.json, and come from their manifests. */
const WITHOUT_ENTRY: Readonly<Record<string, string>> = {
  'node_modules/buildcheck': 'MIT',
  'node_modules/cpu-features': 'MIT',
};

describe('licences', () => {
  it('of all production dependencies are allowed', () => {
    const packages = Object.entries<{ dev?: boolean; link?: boolean; license?: string }>(
      json('package-lock.json').packages,
    );
    const forProduction = packages.filter(([path, { dev, link }]) => path.includes('node_modules/') && !dev && !link);
    expect(forProduction.length).toBeGreaterThan(100);
    const refused = forProduction.flatMap(([path, entry]) => {
      // Packages for other platforms are not installed.
      const installed = existsSync(`${root}/${path}/package.json`);
      const licence = licenceIn(installed ? json(`${path}/package.json`) : entry) ?? WITHOUT_ENTRY[path] ?? 'none';
      return isAllowed(licence) ? [] : [`${path}: ${licence}`];
    });
    expect(refused).toEqual([]);
  });

  it.each([
    ['MIT', true],
    ['GPL-3.0-only', false],
    ['(MIT OR GPL-3.0-only)', true],
    ['Apache-2.0 AND MIT', true],
    ['MIT AND GPL-3.0-only', false],
    ['(MIT OR ISC) AND GPL-3.0-only', false],
    ['SEE LICENSE IN LICENSE', false],
  ])('%s is allowed: %s', (expression, expected) => {
    expect(isAllowed(expression)).toBe(expected);
  });

  it('are read in the formats that preceded SPDX', () => {
    expect(licenceIn({ licenses: [{ type: 'MIT', url: 'http://example.com' }] })).toBe('MIT');
    expect(licenceIn({ license: { type: 'ISC' } })).toBe('ISC');
    expect(licenceIn({})).toBeUndefined();
  });
});
