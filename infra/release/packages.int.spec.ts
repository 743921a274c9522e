import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** Packages to import. */
const LIBRARIES = [
  'choreography',
  'crash-points',
  'inbox',
  'kafka',
  'nest',
  'operate',
  'outbox',
  'personal-data',
  'postgres',
  'proof',
  'runtime',
  'telemetry',
  'testing',
];
/** Packages with a command and nothing to import. */
const PROGRAMS = ['cli', 'create-quadrille'];
const PUBLISHED = [...LIBRARIES, ...PROGRAMS].sort();

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quadrille-packages-'));
  const pack = fileURLToPath(new URL('./pack.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [pack, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const manifest = (name: string) => JSON.parse(readFileSync(join(folder, 'packages', name, 'package.json'), 'utf8'));
const tarball = (name: string) =>
  readFileSync(
    join(folder, 'tarballs', `${manifest(name).name.replace('@', '').replace('/', '-')}-${manifest(name).version}.tgz`),
  );

it('packs only the published packages', () => {
  expect(readdirSync(join(folder, 'packages')).sort()).toEqual(PUBLISHED);
  expect(readdirSync(join(folder, 'tarballs'))).toHaveLength(PUBLISHED.length);
});

it('names one range of versions for each library of the application', () => {
  const ranges = new Map<string, Set<string>>();
  for (const name of PUBLISHED) {
    for (const [peer, range] of Object.entries<string>(manifest(name).peerDependencies ?? {})) {
      ranges.set(peer, (ranges.get(peer) ?? new Set()).add(range));
    }
  }
  expect([...ranges].filter(([, named]) => named.size > 1)).toEqual([]);
  expect(ranges.get('@nestjs/common')).toEqual(new Set(['^11.0.0 || ^12.0.0']));
  expect(ranges.get('typeorm')).toEqual(new Set(['^0.3.20 || ^1.0.0']));
});

describe.each(LIBRARIES)('the tarball of %s', (name) => {
  it('has its licence, code in both formats with types, and no specs, fixtures or build state', () => {
    const files = readdirSync(join(folder, 'packages', name), { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/cjs/package.json']));
    expect(files.filter((file) => /spec|fixture|tsbuildinfo|\.map$|^src/.test(file))).toEqual([]);
    const esm = files.filter((file) => /^dist\/(?!cjs\/).+\.(js|d\.ts)$/.test(file));
    expect(esm.map((file) => file.replace('dist/', 'dist/cjs/')).filter((file) => !files.includes(file))).toEqual([]);
  });

  it('resolves with its types under node10, node16 (CommonJS and ES modules) and bundler', async () => {
    const result = await checkPackage(createPackageFromTarballData(tarball(name)));
    expect(result).toMatchObject({ types: { kind: 'included' }, problems: [] });
  });
});

describe.each(PROGRAMS)('the tarball of %s', (name) => {
  it('has its licence and its command as ES modules, and no specs, fixtures or build state', () => {
    const files = readdirSync(join(folder, 'packages', name), { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', ...Object.values(manifest(name).bin)]));
    const own = files.filter((file) => !file.startsWith('templates/'));
    expect(own.filter((file) => /spec|fixture|tsbuildinfo|\.map$|^src|cjs/.test(file))).toEqual([]);
  });
});

describe.each(PUBLISHED)('the tarball of %s', (name) => {
  it('has no finding of publint', async () => {
    const bytes = tarball(name);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, manifest(name)))).toEqual([]);
  });
});

describe('a package that is loaded twice', () => {
  const load = (code: string): string => {
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    expect(status).toBe(0);
    return stderr;
  };
  const entry = (copy: string) => JSON.stringify(join(folder, copy, 'crash-points/dist/index.js'));

  it('prints one line with both versions and folders, and nothing without a second copy', () => {
    const other = join(folder, 'other');
    cpSync(join(folder, 'packages/crash-points'), join(other, 'crash-points'), { recursive: true });
    const once = join(other, 'crash-points/dist/once.js');
    writeFileSync(once, readFileSync(once, 'utf8').replace(`'${manifest('crash-points').version} `, "'9.9.9 "));
    expect(load(`await import(${entry('packages')}); await import(${entry('other')})`)).toMatch(
      /^@quadrille\/crash-points is loaded twice: \S+ \(ES module\) in \S+ and 9\.9\.9 \(ES module\) in \S+\. .+\n$/,
    );
    expect(load(`await import(${entry('packages')}); await import(${entry('packages')})`)).toBe('');
  });
});
