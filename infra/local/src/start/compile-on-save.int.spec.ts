import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, it } from '@jest/globals';
import { CompileOnSave } from './compile-on-save.js';

const MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'quadrille-compile-'));
const main = join(root, 'apps/shop/src/main.ts');
const lines: string[] = [];
let compiler: CompileOnSave;

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function until(what: string, isTrue: () => boolean, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}. The compiler: ${lines.join('\n')}`);
    await pause(20);
  }
}

const untilCompiled = (file: string, text: string): Promise<void> => {
  const compiled = join(root, 'apps/shop/dist', file);
  return until(`${file} has ${text}`, () => existsSync(compiled) && readFileSync(compiled, 'utf8').includes(text));
};

beforeAll(() => {
  symlinkSync(MODULES, join(root, 'node_modules'));
  write(join(root, 'packages/goods/src/index.ts'), 'export {};\n');
  const output = { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/.tsbuildinfo' };
  const options = { ...output, composite: true, module: 'nodenext', types: [] };
  write(join(root, 'apps/shop/tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['src'] }));
  write(main, 'export const goods = "first";\n');
});
afterAll(async () => {
  await compiler?.stop();
  rmSync(root, { recursive: true });
});

it('compiles a file that is saved while the first compilation runs, is replaced, or is in a new folder', async () => {
  compiler = new CompileOnSave(root, 'shop', (line) => lines.push(line));
  write(main, 'export const goods = "second";\n');
  await untilCompiled('main.js', 'second');
  write(join(root, 'main.ts.new'), 'export const goods = "third";\n');
  renameSync(join(root, 'main.ts.new'), main);
  await untilCompiled('main.js', 'third');
  const inside = join(root, 'apps/shop/src/more/inside.ts');
  write(inside, 'export const more = "fourth";\n');
  await untilCompiled('more/inside.js', 'fourth');
  write(inside, 'export const more = "fifth";\n');
  await untilCompiled('more/inside.js', 'fifth');
}, 120_000);

it('compiles a file that was saved after the compiler had read it', async () => {
  const before = lines.length;
  write(main, 'export const goods = "read";\n');
  await untilCompiled('main.js', 'read');
  await until('the compiler has ended', () => lines.length > before);
  const { mtime } = statSync(join(root, 'apps/shop/dist/main.js'));
  const saved = join(root, 'main.ts.saved');
  writeFileSync(saved, 'export const goods = "saved";\n');
  utimesSync(saved, mtime, mtime);
  renameSync(saved, main);
  await untilCompiled('main.js', 'saved');
}, 120_000);

it('prints the errors of the compiler, and goes on after them', async () => {
  write(main, 'export const goods: number = "sixth";\n');
  await until('an error is printed', () => lines.some((line) => line.includes('TS2322')));
  write(main, 'export const goods = "seventh";\n');
  await untilCompiled('main.js', 'seventh');
}, 120_000);
