import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const CREATE = join(PACKAGE, 'bin/create-quadrille.mjs');
const MAX_LINES_OF_FIRST_SAGA = 120;
const MAX_LINES_IN_AN_APPLICATION = 60;

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'quadrille-create-'));
});
afterAll(() => rmSync(home, { recursive: true }));

function create(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CREATE, ...args], { cwd: home, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const filesOf = (folder: string): string[] =>
  readdirSync(join(home, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(home, folder).length + 1))
    .sort();

const read = (...path: string[]): string => readFileSync(join(home, ...path), 'utf8');

function write(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
}

/** Lines of code, without comments and empty ones. */
const linesOf = (folder: string): number =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/?\*)/.test(line)).length;

describe('npm create quadrille', () => {
  it('writes a whole project into a new folder, under its name', () => {
    const { status, stderr, stdout } = create('My Shop', '--yes');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('npm install && npm test');
    expect(filesOf('My Shop')).toEqual(
      expect.arrayContaining(['.github/workflows/ci.yml', '.gitignore', 'compose.yaml', 'quadrille.config.ts']),
    );
    const { name, dependencies } = JSON.parse(read('My Shop', 'package.json'));
    expect(name).toBe('my-shop');
    const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
    expect(dependencies['@quadrille/nest']).toBe(`^${version}`);
    expect(filesOf('My Shop').filter((file) => /PROJECT_NAME|QUADRILLE_VERSION/.test(read('My Shop', file)))).toEqual(
      [],
    );
  });

  it.each([
    [
      'a folder with other files',
      () => write('busy/notes.txt', 'x'),
      'busy',
      /is neither empty nor a Nest application: name another folder/,
    ],
    ['a file', () => write('file', ''), 'file', /is a file: name a folder/],
    [
      'a folder with a configuration file',
      () => write('taken/quadrille.config.ts', ''),
      'taken',
      /quadrille\.config\.ts exists already: nothing was written/,
    ],
    ['a package.json that is no JSON', () => write('odd/package.json', '{'), 'odd', /package\.json is no JSON/],
  ])('refuses %s in one sentence, and writes nothing', (_, given, folder, expected) => {
    given();
    const before = filesOf('.');
    const { status, stderr } = create(folder, '--yes');
    expect(stderr).toMatch(expected);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(status).toBe(1);
    expect(filesOf('.')).toEqual(before);
  });

  it('refuses options that do not exist, with its usage', () => {
    const { status, stderr } = create('--force');
    expect(stderr).toMatch(/Unknown option '--force'[\s\S]+npm create quadrille@latest/);
    expect(status).toBe(1);
  });

  it('adds a module to a Nest application, and imports it', () => {
    const manifest = { name: 'app', dependencies: { '@nestjs/core': '11.0.0', zod: '4.0.0' } };
    write('app/package.json', JSON.stringify(manifest));
    write('app/src/app.module.ts', '@Module({\n  imports: [],\n})\nexport class AppModule {}\n');
    expect(create('app', '--yes').status).toBe(0);
    expect(read('app/src/app.module.ts')).toBe(
      "import { OrderingModule } from './ordering/ordering.module';\n@Module({\n  imports: [OrderingModule],\n})\nexport class AppModule {}\n",
    );
    expect(JSON.parse(read('app/package.json')).dependencies).toMatchObject({ '@nestjs/core': '11.0.0', zod: '4.0.0' });
    expect(read('app/src/ordering/place-order.step.ts')).toContain("from './ordering'");
    expect(create('app', '--yes').stderr).toMatch(/src\/ordering exists already: nothing was written/);
  });

  it('writes imports with extensions into an application of ES modules, and leaves a root module alone that it cannot read', () => {
    write('esm/package.json', JSON.stringify({ type: 'module', dependencies: { '@nestjs/core': '12.0.0' } }));
    expect(create('esm', '--yes').stdout).toContain(
      'Add OrderingModule of src/ordering/ordering.module to the imports',
    );
    expect(read('esm/src/ordering/place-order.step.ts')).toContain("from './ordering.js'");
  });

  it('is a first saga of no more than 120 lines, and no more than 60 in an application', () => {
    expect(linesOf(join(PACKAGE, 'templates/new/src'))).toBeLessThanOrEqual(MAX_LINES_OF_FIRST_SAGA);
    expect(linesOf(join(PACKAGE, 'templates/nest/ordering'))).toBeLessThanOrEqual(MAX_LINES_IN_AN_APPLICATION);
  });
});
