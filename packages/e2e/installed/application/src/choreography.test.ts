import { Body, Controller, INestApplication, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { stepBuilders } from '@quadrille/choreography';
import { bindStore, Commands, QuadrilleModule } from '@quadrille/nest';
import { Client } from 'pg';
import { OrderPlaced, ordering } from './ordering/ordering';
import { StockModule } from './ordering/stock.module';

const { step, aggregate } = stepBuilders(ordering.rows);
const orders = aggregate<{ placed: boolean }>('orders', {
  initial: () => ({ placed: false }),
  evolve: () => ({ placed: true }),
});
const place = step('place-order', {
  loads: ({ orderId }) => ({ it: orders.of(orderId) }),
  decide: (_, order) => OrderPlaced(order),
});

@Controller('orders')
class OrdersController {
  constructor(private readonly commands: Commands) {}

  @Post()
  place(@Body() order: { orderId: string }) {
    return this.commands.run('place-order', order, { key: order.orderId });
  }
}

@Module({
  imports: [
    QuadrilleModule.forFeature({
      choreography: ordering,
      service: 'orders',
      steps: [place],
      stores: [bindStore(orders)],
    }),
  ],
  controllers: [OrdersController],
})
class OrdersModule {}

let app: INestApplication;
let database: Client;

beforeAll(async () => {
  database = new Client({ connectionString: process.env.DATABASE_URL });
  await database.connect();
  await database.query('create table stock (sku text primary key, quantity int not null)');
  await database.query(`insert into stock values ('RYE', 5)`);
  const module = await Test.createTestingModule({ imports: [StockModule, OrdersModule] }).compile();
  app = module.createNestApplication();
  await app.listen(0, '127.0.0.1');
}, 60_000);
afterAll(async () => {
  await app?.close();
  await database?.end();
}, 60_000);

const taken = async (): Promise<number> => {
  const { rows } = await database.query(`select count(*)::int as taken from inbox where step = 'reserve-stock'`);
  return rows[0].taken;
};

it('runs a choreography on Express: reserves stock until it is used up', async () => {
  for (const orderId of ['a', 'b']) {
    const answer = await fetch(`${await app.getUrl()}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ orderId, sku: 'RYE', quantity: 3 }),
    });
    expect(answer.status).toBe(201);
  }
  while ((await taken()) < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await database.query('select quantity from stock')).rows).toEqual([{ quantity: 2 }]);
}, 60_000);
