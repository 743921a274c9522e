import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { type Example, examplesOf } from './examples-of.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SLOW_MS = 120_000;

/** Library packages; the others are programs, which have their own specs. */
const LIBRARIES = ['choreography', 'contracts', 'outbox', 'inbox', 'kafka', 'nest', 'load', 'testing'];
const readmes = readdirSync(join(ROOT, 'packages')).flatMap((name) => {
  const readme = join(ROOT, 'packages', name, 'README.md');
  if (!existsSync(readme)) return [];
  const examples = examplesOf(readFileSync(readme, 'utf8'));
  return examples.map((example, at) => ({ name, at, ...example }));
});

const TSCONFIG = {
  extends: join(ROOT, 'tsconfig.base.json'),
  compilerOptions: { composite: false, incremental: false, declaration: false, declarationMap: false, outDir: 'dist' },
  include: ['*.ts'],
};

describe('the examples in the README of a package', () => {
  let folder: string;
  let postgres: LocalPostgres;
  let kafka: LocalKafka;
  const file = ({ name, at }: { name: string; at: number }) => `${name}-${at}`;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quadrille-readme-'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    for (const example of readmes) {
      if (example.language === 'ts') writeFileSync(join(folder, `${file(example)}.ts`), example.code);
    }
    postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
    kafka = await startKafka({ dataDir: join(folder, 'kafka') });
  }, SLOW_MS);
  afterAll(async () => {
    await kafka?.stop();
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(example: Example & { name: string; at: number }): Promise<string> {
    const env = {
      ...process.env,
      DATABASE_URL: await postgres.createService(`readme_${example.name}`, 'secret'),
      KAFKA_BROKERS: kafka.brokers.join(),
      PORT: '0',
      NODE_OPTIONS: '',
    };
    const [command, args, cwd] =
      example.language === 'sh'
        ? ['bash', ['-c', example.code], ROOT]
        : [process.execPath, [join(folder, 'dist', `${file(example)}.js`)], folder];
    const { stdout, stderr, status } = spawnSync(command as string, args as string[], {
      cwd: cwd as string,
      encoding: 'utf8',
      env,
    });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  }

  it('exist for every library package', () => {
    expect([...new Set(readmes.map(({ name }) => name))]).toEqual(expect.arrayContaining(LIBRARIES));
  });

  it(
    'compiles',
    () => {
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
      expect(stdout).toBe('');
    },
    SLOW_MS,
  );

  it.each(readmes)(
    'print the documented output in packages/$name',
    async (example) => {
      expect(await run(example)).toBe(example.output);
    },
    SLOW_MS,
  );
});
