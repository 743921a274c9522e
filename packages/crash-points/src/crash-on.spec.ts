import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { transformFileSync } from '@swc/core';

let folder: string;

/** The package as JavaScript, with a program that hits a point four times. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quadrille-crash-'));
  for (const name of ['crash-points', 'crash-on']) {
    const source = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
    writeFileSync(
      join(folder, `${name}.mjs`),
      transformFileSync(source, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } })
        .code.replaceAll(".js'", ".mjs'")
        .replaceAll('.js"', '.mjs"'),
    );
  }
  writeFileSync(
    join(folder, 'program.mjs'),
    `import { crashOn } from './crash-on.mjs';
     import { crashPoint } from './crash-points.mjs';
     process.on('exit', () => console.log('ended'));
     if (process.argv[2]) crashOn(process.argv[2], 3);
     for (let at = 1; at <= 4; at++) { console.log(at); crashPoint('relay.taken'); }`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(folder, 'program.mjs'), ...args], { encoding: 'utf8' });

it('kills the process at once at the configured hit, and prints the point', () => {
  const { signal, stdout, stderr } = run('relay.taken');
  expect({ signal, stdout, stderr }).toEqual({
    signal: 'SIGKILL',
    stdout: '1\n2\n3\n',
    stderr: 'died at crash point relay.taken\n',
  });
});

it('does nothing when another point is named, or none', () => {
  expect(run('relay.removed').stdout).toBe('1\n2\n3\n4\nended\n');
  expect(run().stdout).toBe('1\n2\n3\n4\nended\n');
});
