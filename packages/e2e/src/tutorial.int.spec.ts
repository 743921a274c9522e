import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, startKafka, startPostgres, startProcess } from '@quadrille/local';
import { codeBlocks, editOf } from './code-blocks.js';
import { eventually } from './eventually.js';
import { showsTheBakery, startLive, untilShown } from './live-page.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const blocks = codeBlocks(readFileSync(join(ROOT, 'docs/tutorial/your-first-choreography.md'), 'utf8'));
const SLOW_MS = 240_000;

let copy: string;
const started: { stop(): Promise<void> }[] = [];

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'quadrille-tutorial-'));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  cpSync(join(ROOT, 'tsconfig.base.json'), join(copy, 'tsconfig.base.json'));
  for (const block of blocks) {
    const edit = editOf(block);
    if (!edit) continue;
    const file = join(copy, edit.path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, edit.apply(''));
  }
});
afterAll(async () => {
  for (const each of started.splice(0).reverse()) await each.stop();
  rmSync(copy, { recursive: true, force: true });
});

const run = (command: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: join(copy, 'bakery'), encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
};

const quadrille = (...args: string[]) => run(process.execPath, join(ROOT, 'packages/cli/bin/quadrille.mjs'), ...args);

/** The tools, while an order waits for the oven. */
async function reportsThatTheOvenIsDown(id: string): Promise<void> {
  // Its group has a member until the broker misses it.
  await eventually(
    'A group without a member',
    async () => quadrille('doctor').output,
    (output) => output.includes('no process of the service runs'),
  );
  expect(quadrille('doctor').output).toMatch(/^✗ database oven +.*no relay publishes its outbox: start the service$/m);
  const { status, output } = quadrille('doctor', id);
  expect(output).toMatch(
    /^✗ bake-bread of oven has not run for .*: the group bakery\.oven has no member\.\n {2}Start oven\.$/m,
  );
  expect(status).toBe(1);
  expect(quadrille('timeline', id).output).toMatch(/… waits for bake-bread of oven since /);
  expect(quadrille('audit', '--within', '0')).toMatchObject({
    status: 1,
    output: expect.stringContaining(`${id} has not ended`),
  });
}

/** The tools, when every order has ended. */
function showsThatAllIsWell(id: string): void {
  const { status, output } = quadrille('audit', '--json');
  const { verdicts } = JSON.parse(output);
  // The relay of the oven that was killed may publish a record again.
  const { records } = verdicts.at(-1).counts;
  expect(records).toBeGreaterThanOrEqual(9);
  expect(verdicts).toEqual([
    { promise: 'every saga ends, in one way', counts: { sagas: 3 }, violations: [], notJudged: [] },
    { promise: 'every event takes effect once per step', counts: { taken: 6 }, violations: [], notJudged: [] },
    { promise: 'every committed event reaches its topic', counts: { services: 2 }, violations: [], notJudged: [] },
    { promise: 'every record stems from a committed event', counts: { records }, violations: [], notJudged: [] },
  ]);
  expect(status).toBe(0);
  const timeline = JSON.parse(quadrille('timeline', id, '--json').output);
  expect(timeline).toMatchObject({ state: 'SOLD', outcome: 'SOLD', awaited: [], afterwards: [] });
  expect(timeline.links.map(({ event }: { event: string }) => event)).toEqual([
    'BreadOrdered',
    'BreadBaked',
    'BreadSold',
  ]);
  expect(quadrille('timeline', id).output).toMatch(
    /● BreadBaked .*oven +bake-bread .*bakery\.oven\.v1\/\d+\/\d+ {2}← BreadOrdered/,
  );
  expect(quadrille('doctor', id)).toMatchObject({ status: 0, output: expect.stringContaining('Nothing is missing.') });
}

async function service(name: 'counter' | 'oven', env: Record<string, string>) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = await startProcess({
    name,
    command: process.execPath,
    args: [join(copy, 'bakery/dist/main.js'), name],
    env: { ...env, PORT: String(port), LOG_LEVEL: 'warn' },
    readyWhen: `${url}/health/ready`,
  });
  started.push(running);
  return { running, url };
}

describe('docs/tutorial/your-first-choreography.md', () => {
  it(
    'compiles, and its own specs pass',
    () => {
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      expect(run(process.execPath, tsc, '-p', '.', '--pretty', 'false')).toEqual({ status: 0, output: '' });
      const { status, output } = run(process.execPath, '--test', '--test-reporter=tap', 'dist/bakery.spec.js');
      expect(output).toMatch(/^# pass 3$/m);
      expect(status).toBe(0);
    },
    SLOW_MS,
  );

  it('does not compile if the oven emits an event that its row does not allow', () => {
    const oven = join(copy, 'bakery/src/oven.ts');
    const text = readFileSync(oven, 'utf8');
    writeFileSync(
      oven,
      text
        .replace('return BreadBaked(order)', 'return BreadSold(order)')
        .replace('BreadBaked, bakery', 'BreadBaked, BreadSold, bakery'),
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { status, output } = run(process.execPath, tsc, '-p', '.', '--pretty', 'false', '--noEmit');
    writeFileSync(oven, text);
    expect(output).toMatch(/^src\/oven\.ts\(\d+,\d+\): error TS/);
    expect(status).not.toBe(0);
  });

  it(
    'sells bread while there is flour, cancels an order without flour, and waits for an unavailable oven',
    async () => {
      const postgres = await startPostgres({ dataDir: join(copy, 'postgres') });
      started.push(postgres);
      const kafka = await startKafka({ dataDir: join(copy, 'kafka') });
      started.push(kafka);
      mkdirSync(join(copy, '.quadrille/servers'), { recursive: true });
      const env = async (name: string) => {
        const DATABASE_URL = await postgres.createService(name, 'secret');
        const KAFKA_BROKERS = kafka.brokers.join();
        // As npm run servers writes it.
        const text = `DATABASE_URL=${DATABASE_URL}\nKAFKA_BROKERS=${KAFKA_BROKERS}\n`;
        writeFileSync(join(copy, '.quadrille/servers', `${name}.env`), text);
        return { DATABASE_URL, KAFKA_BROKERS };
      };
      const [{ url }, oven] = await Promise.all([
        service('counter', await env('counter')),
        service('oven', await env('oven')),
      ]);
      const live = await startLive(join(copy, 'bakery'));
      started.push(live);
      const order = async (bread: string, loaves: number) => {
        const body = JSON.stringify({ bread, loaves });
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${url}/orders`, { method: 'POST', headers, body });
        return ((await answer.json()) as { orderId: string }).orderId;
      };
      const read = async (id: string) => (await (await fetch(`${url}/orders/${id}`)).json()) as Record<string, string>;
      const becomes = (id: string, status: string) =>
        eventually(
          `An order that is ${status}`,
          () => read(id),
          (seen) => seen.status === status,
        );

      // Sequential, since orders with different keys may overtake each other.
      await becomes(await order('rye', 20), 'sold');
      expect(await becomes(await order('rye', 20), 'taken-back')).toMatchObject({ reason: 'no-flour' });

      await oven.running.kill('SIGKILL');
      const third = await order('wheat', 5);
      expect(await read(third)).toMatchObject({ status: 'ordered' });
      await reportsThatTheOvenIsDown(third);
      await showsTheBakery(live.url, third);
      await oven.running.restart();
      await becomes(third, 'sold');
      showsThatAllIsWell(third);
      const isSold = ({ id, state }: { readonly id: string; readonly state: string }) =>
        id === third && state === 'SOLD';
      const { problem } = await untilShown<{ readonly problem: string | null; readonly sagas: readonly never[] }>(
        live.url,
        ({ sagas }) => sagas.some(isSold),
      );
      expect(problem).toBeNull();
    },
    SLOW_MS,
  );
});
