import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DynamicModule, Injectable, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type Choreography,
  choreography,
  command,
  type DataOf,
  event,
  type InTransaction,
  reject,
  stepBuilders,
} from '@quadrille/choreography';
import { type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { Commands } from '@quadrille/runtime';
import { Client } from 'pg';
import { z } from 'zod';
import { bindStore } from '../index.js';
import { ChoreographyService } from './choreography-service.js';
import { QuadrilleModule } from './quadrille.module.js';
import { Step } from './step.js';

const Order = z.object({ orderId: z.string(), sku: z.string(), quantity: z.int() });
const Refusal = Order.extend({ reason: z.string() });
const at = { key: 'orderId', version: 1 } as const;
const Placed = event('Placed', { ...at, service: 'desk', schema: Order, wireName: 'mill.desk.placed' });
const Reserved = event('Reserved', { ...at, service: 'stock', schema: Order, wireName: 'mill.stock.reserved' });
const SoldOut = event('SoldOut', { ...at, service: 'stock', schema: Refusal, wireName: 'mill.stock.sold-out' });
const Shipped = event('Shipped', { ...at, service: 'desk', schema: Order, wireName: 'mill.desk.shipped', final: true });

const ordering = choreography({
  system: 'mill',
  endings: { SHIPPED: Shipped },
  rows: {
    place: { service: 'desk', handles: command('POST /orders', Order), emits: [Placed] },
    reserve: { service: 'stock', handles: [Placed], emits: [Reserved, SoldOut] },
    ship: { service: 'desk', handles: [Reserved], emits: [Shipped] },
  },
});

const { step, aggregate } = stepBuilders(ordering.rows);
const orders = aggregate<{ state: string }>('orders', {
  initial: () => ({ state: 'none' }),
  evolve: (_, { type }) => ({ state: type }),
});

/** A provider of the application: the step gets it injected. */
@Injectable()
class Prices {
  readonly asked: string[] = [];
  async quote(sku: string): Promise<number> {
    this.asked.push(sku);
    return sku.length;
  }
}

/** Writes a table of the application inside the transaction of its batch. */
@Injectable()
@Step(ordering, 'reserve')
class Reserve {
  constructor(private readonly prices: Prices) {}

  call({ sku }: DataOf<typeof Placed>) {
    return this.prices.quote(sku);
  }

  async handle(order: DataOf<typeof Placed>, { tx, answer }: InTransaction<number>) {
    const text = 'update stock set quantity = quantity - $2, price = $3 where sku = $1';
    await tx.query(text, [order.sku, order.quantity, answer]);
    if (order.quantity === 12) await tx.query('select 1 / 0').catch(() => {});
    if (order.quantity === 13) throw new Error('Thirteen is unlucky.');
    const { rows } = await tx.query('select quantity from stock where sku = $1', [order.sku]);
    return rows[0]!.quantity < 0 ? SoldOut({ ...order, reason: 'sold out' }) : Reserved(order);
  }
}

/** Pure, with a state that the toolkit keeps. */
@Injectable()
@Step(ordering, 'ship')
class Ship {
  loads({ orderId }: DataOf<typeof Reserved>) {
    return { order: orders.of(orderId) };
  }

  decide(_: unknown, order: DataOf<typeof Reserved>) {
    return Shipped(order);
  }
}

const place = step('place', {
  loads: ({ orderId }) => ({ order: orders.of(orderId) }),
  decide: ({ order }, data) =>
    order.state === 'none' ? Placed(data) : reject(409, 'order-exists', 'There is such an order already.'),
});

const folder = mkdtempSync(join(tmpdir(), 'quadrille-module-'));
let postgres: LocalPostgres;
let kafka: LocalKafka;
let environment: NodeJS.ProcessEnv;
let db: Client;

beforeAll(async () => {
  [postgres, kafka] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres') }),
    startKafka({ dataDir: join(folder, 'kafka') }),
  ]);
  const url = await postgres.createService('mill', 'secret');
  environment = {
    DATABASE_URL: url,
    KAFKA_BROKERS: kafka.brokers.join(','),
    LOG_LEVEL: 'silent',
    TOPIC_PARTITIONS: '2',
  };
  db = new Client({ connectionString: url });
  await db.connect();
  await db.query('create table stock (sku text primary key, quantity int not null, price int)');
  await db.query(`insert into stock values ('RYE', 10), ('OAT', 1)`);
  // The application lists its own migrations where TypeORM does by default.
  await db.query('create table migrations (id serial primary key, timestamp bigint, name text)');
  await db.query(`insert into migrations (timestamp, name) values (1, 'TheirsOne1')`);
}, 60_000);

afterAll(async () => {
  await db?.end();
  await kafka?.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const open = async (imports: (DynamicModule | Type)[], providers: any[] = []) => {
  @Module({ imports: [QuadrilleModule.forRootAsync({ useFactory: async () => environment }), ...imports], providers })
  class AppModule {}
  return NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
};

const feature = (service: string, options: object = {}) =>
  QuadrilleModule.forFeature({ choreography: ordering as Choreography, service, ...options });

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const since = Date.now(); !(await holds()); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Date.now() - since > 20_000) throw new Error('It does not come to pass.');
  }
}

const stateOf = async (orderId: string): Promise<string | undefined> => {
  const { rows } = await db.query(`select state from documents where aggregate = 'orders' and key = $1`, [orderId]);
  return rows[0]?.state.state;
};
const stockOf = async (sku: string) =>
  (await db.query('select quantity, price from stock where sku = $1', [sku])).rows[0];

/** A part of the application that injects the commands of the service it imports. */
@Injectable()
class Desk {
  constructor(
    readonly commands: Commands,
    readonly service: ChoreographyService,
  ) {}
}

@Module({ imports: [feature('desk', { steps: [place], stores: [bindStore(orders)] })], providers: [Desk] })
class DeskModule {}

describe('two services of a choreography in one application', () => {
  let app: Awaited<ReturnType<typeof open>>;
  let desk: Desk;
  let prices: Prices;
  const run = (orderId: string, sku: string, quantity: number) =>
    desk.commands.run('place', { orderId, sku, quantity }, { key: orderId });

  beforeAll(async () => {
    app = await open([feature('stock'), DeskModule], [Prices, Reserve, Ship]);
    desk = app.get(Desk);
    prices = app.get(Prices);
  }, 60_000);
  afterAll(() => app?.close());

  it('carry a saga through class steps, with their providers and their tables', async () => {
    await run('a-1', 'RYE', 3);
    await until(async () => (await stateOf('a-1')) === 'Shipped');
    expect(await stockOf('RYE')).toEqual({ quantity: 7, price: 3 });
    expect(prices.asked).toContain('RYE');
  });

  it('undo what a step wrote that fails, and keep its message', async () => {
    await run('a-2', 'RYE', 13);
    await until(async () => (await db.query(`select from parked where key = 'a-2'`)).rowCount === 1);
    expect(await stockOf('RYE')).toEqual({ quantity: 7, price: 3 });
    await run('a-3', 'RYE', 1);
    await until(async () => (await stateOf('a-3')) === 'Shipped');
  });

  it('keep the message of a step that swallows an error of the database, and go on', async () => {
    await run('a-4', 'RYE', 12);
    const parked = () => db.query(`select state, cause from parked where key = 'a-4'`);
    await until(async () => (await parked()).rowCount === 1);
    expect((await parked()).rows[0].cause).toContain('division by zero');
    await run('a-5', 'RYE', 1);
    await until(async () => (await stateOf('a-5')) === 'Shipped');
    expect(await stockOf('RYE')).toEqual({ quantity: 5, price: 3 });
  });

  it('answer a rejection as a value', async () => {
    expect(await run('a-1', 'RYE', 1)).toMatchObject({ refused: { refused: 'order-exists' } });
  });

  it('tell how they are', async () => {
    expect(await desk.service.parts.health.ready()).toMatchObject({ ok: true, service: 'desk' });
  });

  it("leave the application's list of migrations alone", async () => {
    expect((await db.query('select name from migrations')).rows).toEqual([{ name: 'TheirsOne1' }]);
    expect((await db.query('select from quadrille_migrations')).rowCount).toBeGreaterThan(5);
  });
});

describe('an application that cannot run', () => {
  it('names the step that is missing, and the file to write', async () => {
    await expect(open([feature('stock')])).rejects.toThrow(
      "The row 'reserve' of 'stock' has no step: write reserve.step.ts with a class that has @Step(…, 'reserve'), and add it to the providers.",
    );
  });

  it('names the services there are when it asks for another', async () => {
    await expect(open([feature('stok')])).rejects.toThrow("has no service 'stok'; it has desk, stock.");
  });

  it('names a step that belongs to another service', async () => {
    const options = { steps: [place], stores: [bindStore(orders)] };
    await expect(open([feature('stock', options)], [Prices, Reserve])).rejects.toThrow(
      "The service 'stock' has no row 'place': remove the step, or correct its name.",
    );
  });

  it('says that a service runs twice', async () => {
    await expect(open([feature('stock'), feature('stock')], [Prices, Reserve])).rejects.toThrow(
      'The service mill.stock runs twice in this application: call QuadrilleModule.forFeature() once and import its result.',
    );
  });
});
