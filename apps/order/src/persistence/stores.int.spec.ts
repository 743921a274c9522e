import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Aggregate,
  type Change,
  Conflict,
  type DomainEvent,
  type Tx,
  UnreadableMessage,
} from '@quadrille/choreography';
import {
  exampleOrder,
  OrderCancellationRequested,
  OrderCancelled,
  OrderCompleted,
  OrderCreated,
  PriceChanged,
  ProductListed,
} from '@quadrille/contracts';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { newId } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { type Order, orders } from '../domain/order.js';
import { type Product, products } from '../domain/product.js';
import { orderMigrations } from './migrations.js';
import { purgeSnapshots } from './order-snapshots.js';
import { orderStore } from './orders.js';
import { productStore } from './products.js';
import { rebuildOrders } from './rebuild-orders.js';
import { transactionOn } from './typeorm-tx.js';

const SNAPSHOT_EVERY = 3;
const store = orderStore(SNAPSHOT_EVERY);

let folder: string;
let postgres: LocalPostgres;
let dataSource: DataSource;
const inTx = <Result>(work: (tx: Tx) => Promise<Result>) => transactionOn(dataSource)(work);
const query = (sql: string, values: unknown[] = []) => dataSource.query(sql, values);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quadrille-order-'));
  postgres = await startPostgres({ dataDir: folder });
  const url = await postgres.createService('order', 'secret');
  dataSource = await new DataSource({ type: 'postgres', url, migrations: orderMigrations }).initialize();
  await dataSource.runMigrations();
});

afterAll(async () => {
  await dataSource?.destroy();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Each test begins with empty tables. */
beforeEach(async () => {
  await query('alter table order_events disable trigger order_events_are_append_only');
  await query('truncate order_events, order_snapshots, orders, products');
  await query('alter table order_events enable trigger order_events_are_append_only');
});

const AT = ['2026-01-01T10:00:00.000Z', '2026-01-01T10:00:01.500Z', '2026-01-01T10:00:02.999Z'] as const;

/** The change of a state by these events in a batch. */
function change<State>(aggregate: Aggregate<State>, key: string, before: State | undefined, ...emitted: DomainEvent[]) {
  let after = before ?? aggregate.initial(key);
  const events = emitted.map((each, at) => ({ id: newId(), type: each.type, data: each.data, at: AT[at]! }));
  for (const { at, ...event } of events) after = aggregate.evolve(after, event, at);
  return { key, before, after, events: events } satisfies Change<State>;
}

const placed = (changes: Parameters<typeof exampleOrder>[0] = {}) => exampleOrder({ orderId: newId(), ...changes });
const cancelled = (order: ReturnType<typeof placed>) => [
  OrderCreated(order),
  OrderCancellationRequested({ ...order, reason: 'changed-my-mind', requestedBy: 'customer' }),
  OrderCancelled({ ...order, reason: 'changed-my-mind' }),
];
const loaded = async (orderId: string) => (await inTx((tx) => store.load(tx, [orderId]))).get(orderId);
const save = (...changed: Change<Order>[]) => inTx((tx) => store.save(tx, changed));

/** Resolves when a session waits for another's lock. */
async function untilBlocked(): Promise<void> {
  for (;;) {
    const [{ waiting }] = await query(
      `select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and datname = 'order'`,
    );
    if (waiting > 0) return;
  }
}

describe('the store of orders', () => {
  it('does not find an unknown order', async () => {
    expect(await loaded(newId())).toBeUndefined();
  });

  it('loads an order from its events, with and without a snapshot', async () => {
    const [short, long] = [placed(), placed()];
    const emitted = [
      change(orders, short.orderId, undefined, OrderCreated(short), OrderCompleted(short)),
      change(orders, long.orderId, undefined, ...cancelled(long)),
    ];
    await save(...emitted);
    const found = await inTx((tx) => store.load(tx, [short.orderId, long.orderId].sort()));
    expect(found.get(short.orderId)).toEqual(emitted[0]!.after);
    expect(found.get(long.orderId)).toEqual(emitted[1]!.after);
    expect(found.get(long.orderId)).toMatchObject({ status: 'cancelled', version: 3, endedAt: AT[2] });
  });

  it('continues after an earlier transaction', async () => {
    const order = placed();
    const [created, requested, ended] = cancelled(order);
    await save(change(orders, order.orderId, undefined, created!));
    await save(change(orders, order.orderId, await loaded(order.orderId), requested!, ended!));
    expect(await loaded(order.orderId)).toMatchObject({ status: 'cancelled', version: 3 });
    expect(
      await query('select version, type from order_events where stream_id = $1 order by version', [order.orderId]),
    ).toEqual([
      { version: 1, type: 'quadrille.order.created.v2' },
      { version: 2, type: 'quadrille.order.cancellation-requested.v1' },
      { version: 3, type: 'quadrille.order.cancelled.v1' },
    ]);
  });

  it('reads an OrderCreated that was stored in version 1', async () => {
    const order = placed({ payment: { method: 'card' } });
    const { payment, ...rest } = order;
    await query(
      `insert into order_events (stream_id, version, event_id, type, data, at)
       values ($1, 1, $2, 'quadrille.order.created.v1', $3, $4)`,
      [order.orderId, newId(), JSON.stringify({ ...rest, payment: payment.method }), AT[0]],
    );
    expect(await loaded(order.orderId)).toMatchObject({ status: 'placed', version: 1, details: order });
  });

  it('rejects an event of an unknown version', async () => {
    const order = placed();
    await query(
      `insert into order_events (stream_id, version, event_id, type, data, at)
       values ($1, 1, $2, 'quadrille.order.created.v3', $3, $4)`,
      [order.orderId, newId(), JSON.stringify(order), AT[0]],
    );
    await expect(loaded(order.orderId)).rejects.toThrow(UnreadableMessage);
  });

  it('throws a conflict if an order appeared after the load', async () => {
    const order = placed();
    await save(change(orders, order.orderId, undefined, OrderCreated(order)));
    await expect(save(change(orders, order.orderId, undefined, OrderCreated(order)))).rejects.toThrow(Conflict);
  });

  it('commits the faster of two changes of one order, and throws a conflict for the other', async () => {
    const order = placed();
    const [created, requested] = cancelled(order);
    await save(change(orders, order.orderId, undefined, created!));
    const before = await loaded(order.orderId);
    let slower: Promise<unknown> = Promise.resolve();
    await inTx(async (tx) => {
      await store.save(tx, [change(orders, order.orderId, before, OrderCompleted(order))]);
      slower = save(change(orders, order.orderId, before, requested!)).catch((error) => error);
      await untilBlocked();
    });
    expect(await slower).toBeInstanceOf(Conflict);
    expect(await loaded(order.orderId)).toMatchObject({ status: 'completed', version: 2 });
  });

  it('appends when the other transaction rolls back', async () => {
    const order = placed();
    const created = change(orders, order.orderId, undefined, OrderCreated(order));
    let second: Promise<unknown> = Promise.resolve();
    await expect(
      inTx(async (tx) => {
        await store.save(tx, [created]);
        second = save(created);
        await untilBlocked();
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await second;
    expect(await loaded(order.orderId)).toMatchObject({ status: 'placed', version: 1 });
  });

  it('needs the same number of statements for three hundred orders as for one', async () => {
    const counted = (count: number) =>
      inTx(async (tx) => {
        let statements = 0;
        const counting: Tx = {
          query: (text, values) => {
            statements += 1;
            return tx.query(text, values);
          },
        };
        const changed = Array.from({ length: count }, () => placed()).map((order) =>
          change(orders, order.orderId, undefined, ...cancelled(order)),
        );
        await store.load(counting, changed.map(({ key }) => key).sort());
        await store.save(counting, changed);
        return statements;
      });
    expect(await counted(1)).toBe(4);
    expect(await counted(300)).toBe(4);
  });

  it('rejects updates and deletes of events', async () => {
    await expect(query('delete from order_events')).rejects.toThrow('order_events is append-only');
    await expect(query(`update order_events set type = 'x'`)).rejects.toThrow('order_events is append-only');
    await expect(query('truncate order_events')).rejects.toThrow('order_events is append-only');
  });
});

describe('snapshots', () => {
  it('are taken every three events, and save reading these', async () => {
    const [short, long] = [placed(), placed()];
    await save(
      change(orders, short.orderId, undefined, OrderCreated(short), OrderCompleted(short)),
      change(orders, long.orderId, undefined, ...cancelled(long)),
    );
    expect(await query('select stream_id, version from order_snapshots')).toEqual([
      { stream_id: long.orderId, version: 3 },
    ]);
    await query(`update order_snapshots set state = jsonb_set(state::jsonb, '{reason}', '"from-the-snapshot"')::json`);
    expect(await loaded(long.orderId)).toMatchObject({ reason: 'from-the-snapshot' });
  });

  it('are followed by the events after them', async () => {
    const everyTwo = orderStore(2);
    const order = placed();
    const emitted = cancelled(order);
    const first = change(orders, order.orderId, undefined, emitted[0]!, emitted[1]!);
    await inTx((tx) => everyTwo.save(tx, [first]));
    await inTx((tx) => everyTwo.save(tx, [change(orders, order.orderId, first.after, emitted[2]!)]));
    expect(await query('select version from order_snapshots')).toEqual([{ version: 2 }]);
    expect(await loaded(order.orderId)).toMatchObject({ status: 'cancelled', version: 3 });
  });

  it('of another shape are skipped', async () => {
    const order = placed();
    const whole = change(orders, order.orderId, undefined, ...cancelled(order));
    await save(whole);
    await query(`update order_snapshots set shape = 0, state = '{"old":"shape"}'`);
    expect(await loaded(order.orderId)).toEqual(whole.after);
  });

  it('are purged when they are old, at most the given number per call, without loss', async () => {
    const changed = [placed(), placed(), placed()].map((order) =>
      change(orders, order.orderId, undefined, ...cancelled(order)),
    );
    await save(...changed);
    await query(`update order_snapshots set taken_at = now() - interval '2 hours' where stream_id <> $1`, [
      changed[0]!.key,
    ]);
    const purge = (limit: number) => inTx((tx) => purgeSnapshots(tx, 1, limit));
    expect([await purge(1), await purge(5), await purge(5)]).toEqual([1, 1, 0]);
    expect(await query('select stream_id from order_snapshots')).toEqual([{ stream_id: changed[0]!.key }]);
    for (const { key, after } of changed) expect(await loaded(key)).toEqual(after);
  });
});

describe('the read table', () => {
  const table = () => query('select * from orders order by order_id');

  it('has the current state of each order', async () => {
    const order = placed({ customerId: null, payment: { method: 'card' } });
    await save(change(orders, order.orderId, undefined, ...cancelled(order)));
    expect(await query('select * from orders where order_id = $1', [order.orderId])).toEqual([
      {
        order_id: order.orderId,
        customer_id: null,
        status: 'CANCELLED',
        total: '5900',
        currency: 'GBP',
        details: order,
        reason: 'changed-my-mind',
        placed_at: new Date(AT[0]),
        ended_at: new Date(AT[2]),
        version: 3,
      },
    ]);
  });

  it('is restored exactly by a rebuild from the events', async () => {
    const changed = Array.from({ length: 1_050 }, (_, at) => {
      const order = placed({ total: at });
      const histories = [[OrderCreated(order)], [OrderCreated(order), OrderCompleted(order)], cancelled(order)];
      return change(orders, order.orderId, undefined, ...histories[at % 3]!);
    });
    await save(...changed);
    const remaining = await table();
    expect(remaining).toHaveLength(1_050);

    await query(`update orders set status = 'PLACED', version = 1, total = 7, reason = 'x' where total % 2 = 0`);
    await query('delete from orders where total % 5 = 0');
    await query(
      `insert into orders (order_id, status, total, currency, details, placed_at, version)
       values ($1, 'PLACED', 1, 'GBP', '{}', now(), 1)`,
      [newId()],
    );
    expect(await table()).not.toEqual(remaining);

    expect(await rebuildOrders(inTx)).toEqual({ orders: remaining.length, unreadable: [] });
    expect(await table()).toEqual(remaining);
  });

  it('is updated only in its changeable columns', async () => {
    const order = placed();
    const created = change(orders, order.orderId, undefined, OrderCreated(order));
    await save(created);
    await query(`update orders set details = '{}', total = 7`);
    await save(change(orders, order.orderId, created.after, OrderCompleted(order)));
    expect(await query('select status, details, total, version from orders')).toEqual([
      { status: 'COMPLETED', details: {}, total: '7', version: 2 },
    ]);
  });

  it('retains a newer version', async () => {
    const order = placed();
    const created = change(orders, order.orderId, undefined, OrderCreated(order));
    await save(created);
    await query(`update orders set version = 3, status = 'CANCELLED'`);
    await save(change(orders, order.orderId, created.after, OrderCompleted(order)));
    expect(await query('select status, version from orders')).toEqual([{ status: 'CANCELLED', version: 3 }]);
  });

  it('is not reset by a late rebuild', async () => {
    const order = placed();
    await save(change(orders, order.orderId, undefined, OrderCreated(order)));
    await query(`update orders set version = 2, status = 'COMPLETED' where order_id = $1`, [order.orderId]);
    await rebuildOrders(inTx);
    expect(await query('select status from orders where order_id = $1', [order.orderId])).toEqual([
      { status: 'COMPLETED' },
    ]);
  });
});

describe('the store of products', () => {
  const teapot = (changes = {}) => ({
    sku: 'TEAPOT',
    name: 'Teapot',
    price: 3_400,
    currency: 'GBP' as const,
    weightGrams: 900,
    ...changes,
  });
  const evolved = (before: Product | undefined, ...emitted: DomainEvent[]) =>
    change(products, 'TEAPOT', before, ...emitted);
  const load = () => inTx(async (tx) => (await productStore.load(tx, ['NONE', 'TEAPOT'])).get('TEAPOT'));
  const persist = (changed: Change<Product>) => inTx((tx) => productStore.save(tx, [changed]));

  it('loads saved products, and omits unlisted ones', async () => {
    const listed = evolved(undefined, ProductListed(teapot({ price: Number.MAX_SAFE_INTEGER })));
    await persist(listed);
    expect(await load()).toEqual(listed.after);
    expect(await inTx((tx) => productStore.load(tx, ['NONE']))).toEqual(new Map());
  });

  it('is not reset by an older event that another transaction saves late', async () => {
    const changed = PriceChanged({ ...teapot({ price: 3_600 }), previousPrice: 3_400, previousCurrency: 'GBP' });
    const late = evolved(undefined, ProductListed(teapot()));
    await persist(evolved(undefined, ProductListed(teapot()), changed));
    await persist(late);
    expect(await load()).toMatchObject({ price: 3_600, occurredAt: AT[1] });
  });

  it('does not depend on clocks: an event a year ahead blocks no later one', async () => {
    const ahead = products.evolve(products.initial('TEAPOT'), ProductListed(teapot()), '2999-01-01T00:00:00.000Z');
    await persist({ key: 'TEAPOT', before: undefined, after: ahead, events: [] });
    await query("update products set occurred_at = occurred_at - interval '1 minute'");
    const before = await load();
    const truth = ProductListed(teapot({ price: 2_900 }));
    const after = products.evolve(before!, truth, new Date().toISOString());
    await persist({ key: 'TEAPOT', before, after, events: [] });
    expect(await load()).toMatchObject({ price: 2_900 });
  });

  it('is not reset by a lower revision, at any time', async () => {
    const [first, second] = [1, 2].map((revision) => ProductListed(teapot({ price: revision * 100, revision })));
    const evolvedAt = (emitted: DomainEvent, at: string) =>
      products.evolve(products.initial('TEAPOT'), emitted as never, at);
    const save = (after: Product) => persist({ key: 'TEAPOT', before: undefined, after, events: [] });
    await save(evolvedAt(second!, AT[0]!));
    await save(evolvedAt(first!, AT[1]!));
    expect(await load()).toMatchObject({ price: 200, revision: 2 });
  });

  it('allows a price change while orders are being priced', async () => {
    await persist(evolved(undefined, ProductListed(teapot())));
    await inTx(async (tx) => {
      await productStore.load(tx, ['TEAPOT']);
      await query(`update products set price = 1 where sku = 'TEAPOT'`);
    });
    expect(await load()).toMatchObject({ price: 1 });
  });
});
