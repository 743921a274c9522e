import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventProducer, type IncomingRecord, readTopics } from '@quadrille/kafka';
import {
  freePort,
  type LocalKafka,
  LocalSchemaRegistry,
  type RunningProcess,
  startKafka,
  startPostgres,
  startProcess,
} from '@quadrille/local';
import { Client } from 'pg';
import { codeBlocks, editOf } from './code-blocks.js';
import { eventually } from './eventually.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const editsOf = (page: string) =>
  codeBlocks(readFileSync(join(ROOT, 'docs/how-to', page), 'utf8')).flatMap((block) => editOf(block) ?? []);
const MAX_LINES_OF_THEIRS = 60;

/** The parts that the page leaves to the application: the other service, a controller, and its `main.ts`. */
const REST = {
  'main.ts': `
import 'reflect-metadata';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { stepBuilders } from '@quadrille/choreography';
import { bindStore, Commands, QuadrilleModule } from '@quadrille/nest';
import { OrderPlaced, ordering } from './ordering.js';
import { StockModule } from './stock.module.js';

const { step, aggregate } = stepBuilders(ordering.rows);
const orders = aggregate<{ placed: boolean }>('orders', { initial: () => ({ placed: false }), evolve: () => ({ placed: true }) });
const place = step('place-order', { loads: ({ orderId }) => ({ it: orders.of(orderId) }), decide: (_, order) => OrderPlaced(order) });

@Controller('orders')
class OrdersController {
  constructor(private readonly commands: Commands) {}
  @Get()
  list() {
    return [];
  }
  @Post()
  place(@Body() order: { orderId: string }) {
    return this.commands.run('place-order', order, { key: order.orderId });
  }
}
@Module({
  imports: [QuadrilleModule.forFeature({ choreography: ordering, service: 'orders', steps: [place], stores: [bindStore(orders)] })],
  controllers: [OrdersController],
})
class OrdersModule {}
@Module({ imports: [StockModule, OrdersModule] })
class AppModule {}
const app = await NestFactory.create(AppModule, new FastifyAdapter());
app.enableShutdownHooks();
await app.listen(Number(process.env.PORT), '127.0.0.1');
`,
  'package.json': '{ "type": "module" }',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      ...{ target: 'ES2023', module: 'NodeNext', strict: true, skipLibCheck: true, outDir: 'dist', types: ['node'] },
      ...{ experimentalDecorators: true, emitDecoratorMetadata: true },
    },
    include: ['*.ts'],
  }),
};

const written = editsOf('add-to-your-nest-application.md');
let home: string;
let kafka: LocalKafka;
let db: Client;
let url: string;
let app: RunningProcess;
let env: Record<string, string>;
const started: { stop(): Promise<void> }[] = [];

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'quadrille-nest-application-'));
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
  for (const { path, apply } of written) writeFileSync(join(home, path), apply(''));
  for (const [path, text] of Object.entries(REST)) writeFileSync(join(home, path), text);
});
afterAll(async () => {
  for (const each of started.splice(0).reverse()) await each.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('docs/how-to/add-to-your-nest-application.md', () => {
  it(`is at most ${MAX_LINES_OF_THEIRS} lines of code`, () => {
    const lines = written.flatMap(({ apply }) => apply('').split('\n')).filter((line) => line.trim() !== '');
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.length).toBeLessThanOrEqual(MAX_LINES_OF_THEIRS);
  });

  it('compiles', () => compiles(), 60_000);

  it('reserves stock in the tables of the application, and stops with it', async () => {
    const postgres = await startPostgres({ dataDir: join(home, 'postgres') });
    started.push(postgres);
    kafka = await startKafka({ dataDir: join(home, 'kafka') });
    started.push(kafka);
    const DATABASE_URL = await postgres.createService('theirs', 'secret');
    db = new Client({ connectionString: DATABASE_URL });
    await db.connect();
    started.push({ stop: () => db.end() });
    await db.query('create table stock (sku text primary key, quantity int not null)');
    await db.query(`insert into stock values ('RYE', 5)`);
    const port = await freePort();
    url = `http://127.0.0.1:${port}/orders`;
    env = { DATABASE_URL, KAFKA_BROKERS: kafka.brokers.join(), PORT: String(port), LOG_LEVEL: 'warn' };
    await startApplication();
    await order('a', 3);
    await order('b', 3);
    await reservations(2);
    expect((await db.query('select quantity from stock')).rows).toEqual([{ quantity: 2 }]);
    await app.stop();
  }, 90_000);
});

describe('docs/how-to/own-topics-and-formats.md, after that page', () => {
  const edits = editsOf('own-topics-and-formats.md');

  it('compiles', () => {
    expect(edits.map(({ path }) => path)).toEqual(['ordering.ts', 'wire.ts', 'stock.module.ts', 'quadrille.config.ts']);
    for (const { path, apply } of edits) {
      const file = join(home, path);
      writeFileSync(file, apply(existsSync(file) ? readFileSync(file, 'utf8') : ''));
    }
    compiles();
  }, 60_000);

  it('publishes Avro and Protobuf to the configured topics, and skips the types of other systems', async () => {
    const registry = await LocalSchemaRegistry.start();
    started.push(registry);
    env.SCHEMA_REGISTRY_URL = registry.url;
    await startApplication();
    const foreign = new EventProducer({ brokers: kafka.brokers, clientId: 'legacy' });
    const moved = { topic: 'legacy.orders', key: 'x', headers: { 'event-type': 'com.legacy.moved' }, payload: '{}' };
    await foreign.send([moved]);
    await foreign.disconnect();
    await order('c', 1);
    await order('d', 9);
    await reservations(4);
    const formats = await eventually('Events on their topics', readAll, (found) => found.length === 5);
    expect(formats).toEqual([
      ['acme.refusals', 'd', 'shop.stock.sold-out.v1', 'application/json'],
      ['acme.stock.events', 'c', 'shop.stock.reserved.v1', 'application/x-protobuf'],
      ['legacy.orders', 'c', 'shop.orders.placed.v1', 'application/avro'],
      ['legacy.orders', 'd', 'shop.orders.placed.v1', 'application/avro'],
      ['legacy.orders', 'x', 'com.legacy.moved', undefined],
    ]);
    expect(registry.subjects.sort()).toEqual([
      'acme.stock.events-shop.StockReserved',
      'legacy.orders-shop.OrderPlaced',
    ]);
    expect((await db.query('select from parked')).rowCount).toBe(0);
  }, 90_000);

  it('shows the saga, its topics and its platform by the tools', () => {
    const timeline = quadrille('timeline', 'c');
    expect(timeline).toMatchObject({ status: 0, output: expect.stringContaining('StockReserved') });
    expect(quadrille('topics').output).toContain('acme.refusals');
    expect(quadrille('doctor').output).toMatch(/✓ topic legacy\.orders/);
  }, 60_000);

  function quadrille(...args: string[]) {
    const options = {
      cwd: home,
      encoding: 'utf8',
      env: { ...process.env, ...env, NODE_OPTIONS: '--no-warnings' },
    } as const;
    const program = [join(ROOT, 'packages/cli/bin/quadrille.mjs'), '--config', 'dist/quadrille.config.js', ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, program, options);
    return { status, output: `${stdout}${stderr}` };
  }

  async function readAll(): Promise<(string | undefined | null)[][]> {
    const found: IncomingRecord[] = [];
    const topics = ['legacy.orders', 'acme.stock.events', 'acme.refusals'];
    await readTopics({ brokers: kafka.brokers, clientId: 'spec', topics }, (record) => void found.push(record));
    return found
      .map(({ topic, key, headers }) => [topic, key, headers['event-type'], headers['content-type']])
      .sort((one, other) => (one.join() < other.join() ? -1 : 1));
  }
});

function compiles(): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', home, '--pretty', 'false'], { encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
}

async function startApplication(): Promise<void> {
  app = await startProcess({
    name: 'theirs',
    command: process.execPath,
    args: [join(home, 'dist/main.js')],
    env,
    readyWhen: url,
  });
  started.push(app);
}

async function order(orderId: string, quantity: number): Promise<void> {
  const body = JSON.stringify({ orderId, sku: 'RYE', quantity });
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(answer.status).toBe(201);
}

function reservations(count: number): Promise<unknown> {
  const taken = () => db.query(`select count(*)::int as count from inbox where step = 'reserve-stock'`);
  return eventually(`${count} reservations`, taken, ({ rows }) => rows[0].count === count);
}
