import {
  lstatSync,
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
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  freePort,
  type LocalKafka,
  type LocalPostgres,
  startKafka,
  startPostgres,
  startProcess,
} from '@quadrille/local';
import { eventually } from './eventually.js';
import { InstalledProject, packAll, whyNoRegistry } from './installed-project.js';
import { untilShown } from './live-page.js';
import { REPOSITORY } from './program.js';

const SLOW_MS = 300_000;
const MAX_OUTBOX_AND_INBOX_BYTES = 10_000_000;

const BYTES_OF_BLOCK = 512;

const why = whyNoRegistry();
const whereItCan = why ? describe.skip : describe;

whereItCan(`installed outside of the clone${why ? ` (skipped, because ${why})` : ''}`, () => {
  let home: string;
  let postgres: LocalPostgres;
  let kafka: LocalKafka;
  let tarballs: Map<string, string>;
  const started: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'quadrille-installed-'));
    tarballs = packAll(join(home, 'packed'));
    [postgres, kafka] = await Promise.all([
      startPostgres({ dataDir: join(home, 'postgres') }),
      startKafka({ dataDir: join(home, 'kafka') }),
    ]);
  }, SLOW_MS);
  afterAll(async () => {
    for (const each of started.splice(0).reverse()) await each.stop();
    await kafka?.stop();
    await postgres?.stop();
    rmSync(home, { recursive: true, force: true });
  }, SLOW_MS);

  /** Starts a service of a project; resolves with its URL once it is ready. */
  const start = async (main: string, name: string): Promise<string> => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const env = { DATABASE_URL: await postgres.createService(name, 'secret'), KAFKA_BROKERS: kafka.brokers.join() };
    // As npm run servers writes it.
    const lines = Object.entries(env).map(([variable, value]) => `${variable}=${value}\n`);
    mkdirSync(join(home, '.quadrille/servers'), { recursive: true });
    writeFileSync(join(home, `.quadrille/servers/${name}.env`), lines.join(''));
    started.push(
      await startProcess({
        name,
        command: process.execPath,
        args: [main, name],
        env: { ...env, PORT: new URL(url).port, LOG_LEVEL: 'warn' },
        readyWhen: `${url}/health/ready`,
      }),
    );
    return url;
  };

  const project = (name: string) => new InstalledProject(join(home, name));
  const packed = (...names: string[]) => names.map((name) => tarballs.get(name)!);

  it(
    'outbox and inbox take less than 10 MB including their dependencies',
    () => {
      const { folder } = project('outbox-and-inbox').install('pg', ...packed('crash-points', 'outbox', 'inbox'));
      const bytes = sizeOf(join(folder, 'node_modules'));
      console.log(`outbox, inbox, pg and their dependencies: ${(bytes / 1e6).toFixed(1)} MB`);
      expect(bytes).toBeLessThan(MAX_OUTBOX_AND_INBOX_BYTES);
    },
    SLOW_MS,
  );

  it(
    'append follows the transactions of Prisma, and the inbox as well',
    async () => {
      const prisma = project('prisma')
        .copy('prisma')
        .install(...packed('crash-points', 'outbox', 'inbox'));
      // Its command line downloads this binary otherwise; generating a client does not use it.
      const { status: generated } = prisma.bin('prisma/build/index.js', ['generate'], {
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      });
      expect(generated).toBe(0);
      const env = { DATABASE_URL: await postgres.createService('prisma', 'secret') };
      const { status, output } = prisma.node(['--test', '--test-reporter=tap', 'adapter.test.mjs'], env);
      expect(output).toMatch(/^# pass 6$/m);
      expect(status).toBe(0);
    },
    SLOW_MS,
  );

  describe.each([
    {
      name: 'nest-11',
      kind: 'Nest 11: CommonJS, Express, TypeORM 0.3, TypeScript 5.9',
      resolutions: ['node10', 'node16'],
      flags: [],
    },
    {
      name: 'nest-12',
      kind: 'Nest 12: CommonJS, Express, TypeORM 1, TypeScript 6',
      resolutions: ['nodenext'],
      // As in its scaffold, because Nest 12 is published as ES modules.
      flags: ['--experimental-vm-modules', '--no-warnings'],
    },
  ])('in a blank application on $kind', ({ name, resolutions, flags }) => {
    let nest: InstalledProject;
    beforeAll(() => {
      nest = project(name).copy('application').copy(name).follow('docs/how-to/outbox-only.md');
      nest.follow('docs/how-to/add-to-your-nest-application.md', { to: 'src/ordering', edit: asInCommonJs });
      nest.install(...tarballs.values());
    }, SLOW_MS);

    it.each(resolutions)(
      'compiles with moduleResolution %s',
      (resolution) => {
        const module = resolution === 'node10' ? 'commonjs' : resolution;
        const options = ['--noEmit', '--module', module, '--moduleResolution', resolution, '--pretty', 'false'];
        expect(nest.bin('typescript/bin/tsc', options)).toEqual({ status: 0, output: '' });
      },
      SLOW_MS,
    );

    it.each([
      ['outbox-only.md', 'app', 2],
      ['add-to-your-nest-application.md', 'choreography', 1],
    ])(
      '%s runs under its ts-jest, on real servers',
      async (_, test, count) => {
        const [broker = ''] = kafka.brokers;
        const service = `${name.replace('-', '_')}_${test}`;
        const DATABASE_URL = await postgres.createService(service, 'secret');
        const env = { DATABASE_URL, KAFKA_BROKER: broker, KAFKA_BROKERS: broker, LOG_LEVEL: 'warn' };
        const jest = join(nest.folder, 'node_modules/jest/bin/jest.js');
        const { status, output } = nest.node([...flags, jest, '--forceExit', test], env);
        expect(output).toMatch(new RegExp(`^Tests: +${count} passed, ${count} total$`, 'm'));
        expect([status, status === 0 ? '' : output]).toEqual([0, '']);
      },
      SLOW_MS,
    );

    it(
      'npm create quadrille adds a choreography that compiles, passes its spec and is proved',
      () => {
        const created = project(`${name}-created`).copy(name);
        symlinkSync(join(nest.folder, 'node_modules'), join(created.folder, 'node_modules'));
        expect(created.bin('create-quadrille/bin/create-quadrille.mjs', ['--yes'])).toMatchObject({ status: 0 });
        expect(created.bin('typescript/bin/tsc', ['--pretty', 'false', '--rootDir', 'src'])).toEqual({
          status: 0,
          output: '',
        });
        const jest = join(nest.folder, 'node_modules/jest/bin/jest.js');
        const { output } = created.node([...flags, jest, '--testRegex', 'src/.*\\.spec\\.ts$']);
        expect(output).toMatch(/^Tests: +1 passed, 1 total$/m);
        const explored = created.bin('@quadrille/cli/bin/quadrille.mjs', ['explore']);
        expect(explored).toMatchObject({ status: 0, output: expect.stringContaining('every promise holds') });
      },
      SLOW_MS,
    );

    it('reports a package that is loaded in both formats', () => {
      const both = `require('@quadrille/outbox'); import('@quadrille/outbox')`;
      const { output } = nest.node(['-e', both]);
      expect(output).toMatch(/@quadrille\/outbox is loaded twice: \S+ \(CommonJS\) in \S+ and \S+ \(ES module\) in /);
      expect(nest.node(['-e', both.split(';')[0]!]).output).toBe('');
    });
  });

  describe('in a blank application on Nest 12: ES modules, Fastify, TypeORM 1, nodenext', () => {
    let bakery: InstalledProject;
    beforeAll(() => {
      bakery = project('bakery').follow('docs/tutorial/your-first-choreography.md', { from: 'bakery/' });
      bakery.install(
        ...[...tarballs.values()],
        ...developedWith('nest'),
        ...developedWith('kafka'),
        ...['typescript@5.9.3', '@types/node@22.19.0', 'testcontainers@12.2.0'],
      );
    }, SLOW_MS);

    it(
      'the tutorial compiles, and its specs pass',
      () => {
        expect(bakery.bin('typescript/bin/tsc', ['-p', '.', '--pretty', 'false'])).toEqual({ status: 0, output: '' });
        const { status, output } = bakery.node(['--test', '--test-reporter=tap', 'dist/bakery.spec.js']);
        expect(output).toMatch(/^# pass 3$/m);
        expect(status).toBe(0);
      },
      SLOW_MS,
    );

    it(
      'npm create quadrille writes a project whose npm test passes, and whose services run its saga',
      async () => {
        const shop = project('my-shop');
        const create = join(bakery.folder, 'node_modules/create-quadrille/bin/create-quadrille.mjs');
        expect(shop.node([create, '.', '--yes'])).toMatchObject({ status: 0 });
        symlinkSync(join(bakery.folder, 'node_modules'), join(shop.folder, 'node_modules'));
        // Its e2e is for a machine with its images: here without an engine.
        const { status, output } = shop.npm(['test'], { DOCKER_HOST: 'tcp://127.0.0.1:1' });
        expect(output).toMatch(/pass 4$/m);
        expect(output).toContain('every promise holds');
        expect(output).toContain('no container engine is running');
        expect(status).toBe(0);
        const main = join(shop.folder, 'dist/src/main.js');
        const [orders] = await Promise.all([start(main, 'orders'), start(main, 'stock')]);
        await orderBecomes(orders, { sku: 'mug', quantity: 60 }, 'confirmed');
        await orderBecomes(orders, { sku: 'mug', quantity: 60 }, 'cancelled');
      },
      SLOW_MS,
    );

    it.each(['import(name)', 'require(name)'])('every entry point of every package loads by %s', (load) => {
      const entries = [...tarballs.keys()]
        .filter((name) => name !== 'create-quadrille')
        .flatMap((name) => entryPointsOf(bakery.folder, name));
      expect(entries.length).toBeGreaterThan(tarballs.size);
      const code = `Promise.all(${JSON.stringify(entries)}.map((name) => ${load}))`;
      expect(bakery.node(['-e', code])).toEqual({ status: 0, output: '' });
    });

    it(
      'the tutorial runs and sells bread while there is flour',
      async () => {
        const main = join(bakery.folder, 'dist/main.js');
        const [counter] = await Promise.all([start(main, 'counter'), start(main, 'oven')]);
        const becomes = (loaves: number, status: string) => orderBecomes(counter, { bread: 'rye', loaves }, status);
        await becomes(20, 'sold');
        await becomes(20, 'taken-back');
        const port = await freePort();
        const url = `http://127.0.0.1:${port}`;
        started.push(
          await startProcess({
            name: 'live',
            command: process.execPath,
            args: [
              join(bakery.folder, 'node_modules/@quadrille/cli/bin/quadrille.mjs'),
              'live',
              '--port',
              String(port),
            ],
            env: {},
            cwd: bakery.folder,
            readyWhen: `${url}/main.js`,
          }),
        );
        await untilShown<{ readonly sagas: readonly { readonly state: string }[] }>(url, ({ sagas }) => {
          const states = sagas.map(({ state }) => state);
          return states.includes('SOLD') && states.includes('TAKEN_BACK');
        });
      },
      SLOW_MS,
    );
  });
});

/** Places an order, and waits until it has a status. */
async function orderBecomes(url: string, wish: object, status: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/orders`, { method: 'POST', headers, body: JSON.stringify(wish) });
  const { orderId } = (await answer.json()) as { orderId: string };
  await eventually(
    `An order that is ${status}`,
    async () => (await (await fetch(`${url}/orders/${orderId}`)).json()) as { status: string },
    (order) => order.status === status,
    60_000,
  );
}

/** The development dependencies of a package without our own, as arguments of `npm install`. */
function developedWith(name: string): string[] {
  const manifest = readFileSync(join(REPOSITORY, 'packages', name, 'package.json'), 'utf8');
  return Object.entries(JSON.parse(manifest).devDependencies)
    .filter(([dependency]) => !dependency.startsWith('@quadrille/'))
    .map(([dependency, range]) => `${dependency}@${range}`);
}

/** The size in bytes, as used on disk. */
const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => lstatSync(join(folder, file)).blocks * BYTES_OF_BLOCK)
    .reduce((sum, size) => sum + size, 0);

/** Imports as written in projects that TypeScript compiles to CommonJS. */
const asInCommonJs = (text: string): string => text.replaceAll(/(from '\.[^']+)\.js'/g, "$1'");

function entryPointsOf(folder: string, name: string): string[] {
  const manifest = readFileSync(join(folder, 'node_modules/@quadrille', name, 'package.json'), 'utf8');
  const subpaths = Object.keys(JSON.parse(manifest).exports).filter((subpath) => !/json$|drizzle|kysely/.test(subpath));
  return subpaths.map((subpath) => `@quadrille/${name}${subpath.slice(1)}`);
}
