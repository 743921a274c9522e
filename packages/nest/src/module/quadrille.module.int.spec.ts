import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type DynamicModule,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Module,
  RequestMethod,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
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
import { ChoreographyService, Services } from './choreography-service.js';
import { QuadrilleHealthIndicator } from './health-indicator.js';
import { OperationsController } from './operations.controller.js';
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

/** A provider of the application that is injected into the step. */
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

/** A pure step, with a state in a store of the toolkit. */
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

/** Sufficient under load. */
const SLOW_START_MS = 180_000;

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
    LOCK_TIMEOUT_MS: '300',
  };
  db = new Client({ connectionString: url });
  await db.connect();
  await db.query('create table stock (sku text primary key, quantity int not null, price int)');
  await db.query(`insert into stock values ('RYE', 10), ('OAT', 1)`);
  // The application lists its own migrations in TypeORM's default table.
  await db.query('create table migrations (id serial primary key, timestamp bigint, name text)');
  await db.query(`insert into migrations (timestamp, name) values (1, 'TheirsOne1')`);
}, SLOW_START_MS);

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

/** A provider of the application that injects the commands of the imported service. */
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

  it('roll back the writes of a failed step, and park its message', async () => {
    await run('a-2', 'RYE', 13);
    await until(async () => (await db.query(`select from parked where key = 'a-2'`)).rowCount === 1);
    expect(await stockOf('RYE')).toEqual({ quantity: 7, price: 3 });
    await run('a-3', 'RYE', 1);
    await until(async () => (await stateOf('a-3')) === 'Shipped');
  });

  it('retry it in the service that owns the step, until it needs an operator', async () => {
    const parked = async () =>
      (await db.query(`select step, state, code, attempts from parked where key = 'a-2'`)).rows[0];
    await until(async () => (await parked()).state === 'dead');
    expect(await parked()).toEqual({ step: 'reserve', state: 'dead', code: 'step-failed', attempts: 5 });
  }, 60_000);

  it('park the message of a step that swallows an error of the database, and continue', async () => {
    await run('a-4', 'RYE', 12);
    const parked = () => db.query(`select state, cause from parked where key = 'a-4'`);
    await until(async () => (await parked()).rowCount === 1);
    expect((await parked()).rows[0].cause).toContain('division by zero');
    await run('a-5', 'RYE', 1);
    await until(async () => (await stateOf('a-5')) === 'Shipped');
    expect(await stockOf('RYE')).toEqual({ quantity: 5, price: 3 });
  });

  it('park a message that needs a locked row until the row is free, and process it once', async () => {
    const other = new Client({ connectionString: environment.DATABASE_URL });
    await other.connect();
    await other.query(`begin; select from stock where sku = 'RYE' for update`);
    await run('a-6', 'RYE', 1);
    const parked = () => db.query(`select state, code from parked where key = 'a-6'`);
    await until(async () => (await parked()).rowCount === 1);
    expect((await parked()).rows).toEqual([{ state: 'retrying', code: 'locked' }]);
    await other.query('rollback');
    await other.end();
    await until(async () => (await stateOf('a-6')) === 'Shipped');
    expect(await stockOf('RYE')).toEqual({ quantity: 4, price: 3 });
    expect((await parked()).rowCount).toBe(0);
  }, 60_000);

  it('answer a rejection as a value', async () => {
    expect(await run('a-1', 'RYE', 1)).toMatchObject({ refused: { refused: 'order-exists' } });
  });

  it('report their health', async () => {
    expect(await desk.service.parts.health.ready()).toMatchObject({ ok: true, service: 'desk' });
  });

  it("leave the application's list of migrations alone", async () => {
    expect((await db.query('select name from migrations')).rows).toEqual([{ name: 'TheirsOne1' }]);
    expect((await db.query('select from quadrille_migrations')).rowCount).toBeGreaterThan(5);
  });
});

/** A provider of the application that its guard needs. */
@Injectable()
class Badges {
  isOperator = (badge: unknown) => badge === 'operator';
}

@Module({ providers: [Badges], exports: [Badges] })
class BadgesModule {}

@Injectable()
class OperatorGuard implements CanActivate {
  constructor(private readonly badges: Badges) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    request.principal = { subject: 'ada@mill' };
    return this.badges.isOperator(request.headers['x-badge']);
  }
}

@Controller('healthz')
class HealthzController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly quadrille: QuadrilleHealthIndicator,
  ) {}

  @Get()
  check() {
    return this.health.check([() => this.quadrille.ready(), () => this.quadrille.live('process')]);
  }
}

const sagas = {
  endings: ordering.endings,
  beganAt: () => undefined,
  active: async () => ({ byState: { Placed: 1 }, oldestAgeSeconds: 7 }),
  open: async () => 0,
};

/** Method and path of each route, with values in place of parameters. */
const ROUTES = Object.getOwnPropertyNames(OperationsController.prototype).flatMap((name) => {
  const handler = Object.getOwnPropertyDescriptor(OperationsController.prototype, name)!.value;
  const path: string | string[] | undefined = Reflect.getMetadata('path', handler);
  if (path === undefined) return [];
  const method = RequestMethod[Reflect.getMetadata('method', handler)]!;
  return [path].flat().map((each) => ({
    method,
    path: `/${each.replace(':service', 'mill.stock').replace(':id', '1')}`,
  }));
});

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('the routes for operators in an application on %s', (_, adapter) => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    @Module({
      imports: [
        QuadrilleModule.forRoot({
          environment,
          imports: [BadgesModule],
          routes: { path: 'ops/quadrille', guards: [OperatorGuard] },
        }),
        feature('stock'),
        feature('desk', { steps: [place], stores: [bindStore(orders)], sagas }),
        TerminusModule,
      ],
      controllers: [HealthzController],
      providers: [Prices, Reserve, Ship],
    })
    class AppModule {}
    app = await NestFactory.create(AppModule, adapter() as never, { logger: false, abortOnError: false });
    app.setGlobalPrefix('api');
    await app.listen(0, '127.0.0.1');
    url = `${await app.getUrl()}/api`;
  }, 60_000);
  afterAll(() => app?.close());

  const request = async (
    path: string,
    { method = 'GET', badge = 'operator', body = undefined as object | undefined } = {},
  ) => {
    const headers = { 'x-badge': badge, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(`${url}/ops/quadrille${path}`, {
      ...{ method, headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as any };
  };

  it('are all closed to callers that the guard rejects', async () => {
    expect(ROUTES.length).toBeGreaterThan(10);
    for (const { method, path } of ROUTES) {
      expect({ path, ...(await request(path, { method, badge: 'guest' })) }).toMatchObject({ path, status: 403 });
    }
  });

  it('report the health and the backlog of each service', async () => {
    const up = { ok: true, services: { 'mill.desk': { ok: true }, 'mill.stock': { ok: true } } };
    expect(await request('/health')).toMatchObject({ status: 200, body: up });
    expect(await request('/mill.stock/workload')).toMatchObject({ status: 200, body: { service: 'stock' } });
    expect(await request('/mill.desk/sagas')).toEqual({ status: 200, body: await sagas.active() });
    expect(await request('/mill.stock/sagas')).toMatchObject({
      status: 404,
      body: { type: 'urn:quadrille:problem:no-sagas' },
    });
    expect(await request('/mill.oven/workload')).toMatchObject({
      status: 404,
      body: { type: 'urn:quadrille:problem:unknown-service', detail: expect.stringContaining('mill.stock') },
    });
  });

  it('list dead letters and redrive one, in the name that the guard has set', async () => {
    const { body } = await request('/mill.stock/dead-letters?state=dead&key=a-2');
    const [letter] = body.deadLetters;
    expect(letter).toMatchObject({
      step: 'reserve',
      key: 'a-2',
      cause: expect.stringContaining('Thirteen is unlucky.'),
    });
    expect(await request(`/mill.stock/dead-letters/${letter.id}`)).toMatchObject({
      body: { message: expect.anything() },
    });
    const decision = { by: 'somebody', reason: 'a try' };
    const redriven = await request(`/mill.stock/dead-letters/${letter.id}/redrive`, { method: 'POST', body: decision });
    expect(redriven).toEqual({ status: 202, body: { id: letter.id, state: 'retrying' } });
    const { rows } = await db.query('select by, reason from parked_audit order by id desc limit 1');
    expect(rows).toEqual([{ by: 'ada@mill', reason: 'a try' }]);
    await until(async () => (await request(`/mill.stock/dead-letters/${letter.id}`)).body.state === 'dead');
  }, 60_000);

  it('list dead letters of the outbox, and for one release under the old path', async () => {
    const answer = { status: 200, body: { deadLetters: [], next: null } };
    expect(await request('/mill.stock/outbox-dead-letters')).toEqual(answer);
    expect(await request('/mill.stock/unsendable')).toEqual({ status: 200, body: { unsendable: [], next: null } });
    expect(await request('/mill.stock/unsendable/1')).toMatchObject({ status: 404 });
  });

  it('reject malformed input, field by field', async () => {
    expect(await request('/mill.stock/dead-letters?limit=0')).toMatchObject({
      status: 422,
      body: { errors: [{ parameter: 'limit' }] },
    });
    expect(await request('/mill.stock/outbox-dead-letters/x')).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: 'id' }] },
    });
    const answer = await request('/mill.stock/dead-letters/1/discard', { method: 'POST', body: { by: 'ada' } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/reason' }] } });
  });

  it('leave probes to @nestjs/terminus, which uses the health indicator', async () => {
    const probe = async () => {
      const answer = await fetch(`${url}/healthz`);
      return { status: answer.status, body: await answer.json() };
    };
    const services = { 'mill.desk': { ok: true }, 'mill.stock': { ok: true } };
    expect(await probe()).toMatchObject({
      status: 200,
      body: { info: { quadrille: { status: 'up', services }, process: { status: 'up' } } },
    });
    const { health } = app.get(Services).named('mill.desk').parts;
    health.serving = false;
    expect(await probe()).toMatchObject({
      status: 503,
      body: { error: { quadrille: { status: 'down', services: { 'mill.desk': { ok: false } } } } },
    });
    expect((await request('/health')).status).toBe(503);
    health.serving = true;
  });
});

describe('an application that cannot run', () => {
  it('names the step that is missing, and the file to write', async () => {
    await expect(open([feature('stock')])).rejects.toThrow(
      "The row 'reserve' of 'stock' has no step: write reserve.step.ts with a class that has @Step(…, 'reserve'), and add it to the providers.",
    );
  });

  it('names the existing services if its configuration names another one', async () => {
    await expect(open([feature('stok')])).rejects.toThrow("has no service 'stok'; it has desk, stock.");
  });

  it('names a step that belongs to another service', async () => {
    const options = { steps: [place], stores: [bindStore(orders)] };
    await expect(open([feature('stock', options)], [Prices, Reserve])).rejects.toThrow(
      "The service 'stock' has no row 'place': remove the step, or correct its name.",
    );
  });

  it('refuses routes without a guard', () => {
    const routes = { path: 'ops', guards: [] as never };
    expect(() => QuadrilleModule.forRoot({ routes })).toThrow('The routes at ops have no guard');
  });

  it('reports a service that runs twice', async () => {
    await expect(open([feature('stock'), feature('stock')], [Prices, Reserve])).rejects.toThrow(
      'The service mill.stock runs twice in this application: call QuadrilleModule.forFeature() once and import its result.',
    );
  });
});
