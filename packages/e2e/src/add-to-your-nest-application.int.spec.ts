import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, type RunningProcess, startKafka, startPostgres, startProcess } from '@quadrille/local';
import { Client } from 'pg';
import { codeBlocks, editOf } from './code-blocks.js';
import { eventually } from './eventually.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(ROOT, 'docs/how-to/add-to-your-nest-application.md'), 'utf8');
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

const written = codeBlocks(page).flatMap((block) => editOf(block) ?? []);
let home: string;
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

  it('compiles', () => {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', home, '--pretty', 'false'], {
      encoding: 'utf8',
    });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  }, 60_000);

  it('reserves stock in the tables of the application, and stops with it', async () => {
    const postgres = await startPostgres({ dataDir: join(home, 'postgres') });
    started.push(postgres);
    const kafka = await startKafka({ dataDir: join(home, 'kafka') });
    started.push(kafka);
    const DATABASE_URL = await postgres.createService('theirs', 'secret');
    const db = new Client({ connectionString: DATABASE_URL });
    await db.connect();
    started.push({ stop: () => db.end() });
    await db.query('create table stock (sku text primary key, quantity int not null)');
    await db.query(`insert into stock values ('RYE', 5)`);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/orders`;
    const app: RunningProcess = await startProcess({
      name: 'theirs',
      command: process.execPath,
      args: [join(home, 'dist/main.js')],
      env: { DATABASE_URL, KAFKA_BROKERS: kafka.brokers.join(), PORT: String(port), LOG_LEVEL: 'warn' },
      readyWhen: url,
    });
    started.push(app);
    const order = async (orderId: string, quantity: number) => {
      const body = JSON.stringify({ orderId, sku: 'RYE', quantity });
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      expect(answer.status).toBe(201);
    };
    await order('a', 3);
    await order('b', 3);
    const taken = () => db.query(`select count(*)::int as count from inbox where step = 'reserve-stock'`);
    await eventually('Two reservations', taken, ({ rows }) => rows[0].count === 2);
    expect((await db.query('select quantity from stock')).rows).toEqual([{ quantity: 2 }]);
  }, 90_000);
});
