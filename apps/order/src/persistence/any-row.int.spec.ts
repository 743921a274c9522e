import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Tx, UnreadableMessage } from '@quadrille/choreography';
import {
  exampleOrder,
  OrderCancellationRequested,
  OrderCompleted,
  OrderCreated,
  type ShopEvent,
} from '@quadrille/contracts';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { newId } from '@quadrille/nest';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { type Order, orders } from '../domain/order.js';
import { listOrders } from '../http/read-orders.js';
import { orderMigrations } from './migrations.js';
import { OrderRecord } from './order-record.js';
import { SNAPSHOT_SHAPE } from './order-snapshots.js';
import { orderStore } from './orders.js';
import { STATUSES } from './read-table.js';
import { rebuildOrders } from './rebuild-orders.js';
import { transactionOn } from './typeorm-tx.js';

const NO_SNAPSHOTS = 1_000;
const store = orderStore(NO_SNAPSHOTS);
const AT = '2026-01-01T10:00:00.000Z';

let folder: string;
let postgres: LocalPostgres;
let dataSource: DataSource;
const inTx = <Result>(work: (tx: Tx) => Promise<Result>) => transactionOn(dataSource)(work);
const query = (sql: string, values: unknown[] = []) => dataSource.query(sql, values);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quadrille-order-rows-'));
  postgres = await startPostgres({ dataDir: folder });
  const url = await postgres.createService('order', 'secret');
  const options = { migrations: orderMigrations, entities: [OrderRecord] };
  dataSource = await new DataSource({ type: 'postgres', url, ...options }).initialize();
  await dataSource.runMigrations();
});
afterAll(async () => {
  await dataSource?.destroy();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await query('alter table order_events disable trigger order_events_are_append_only');
  await query('truncate order_events, order_snapshots, orders');
  await query('alter table order_events enable trigger order_events_are_append_only');
});

const load = (...ids: string[]) => inTx((tx) => store.load(tx, ids.sort()));

/** An order of two or more events, stored as the service stores it. */
async function placed(...more: ((order: ReturnType<typeof exampleOrder>) => ShopEvent)[]): Promise<Order> {
  const order = exampleOrder({ orderId: newId() });
  const emitted = [OrderCreated(order), ...more.map((each) => each(order))];
  let after = orders.initial(order.orderId);
  for (const each of emitted) after = orders.evolve(after, each, AT);
  const events = emitted.map(({ type, data }) => ({ id: newId(), type, data, at: AT }));
  await inTx((tx) => store.save(tx, [{ key: order.orderId, before: undefined, after, events: events }]));
  return after;
}
const cancelling = () =>
  placed((order) => OrderCancellationRequested({ ...order, reason: 'changed-my-mind', requestedBy: 'customer' }));

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, {}, [], '', 0, -1, 1e300, true, 'a\u0000b', 'x\ud83d', { orderId: null }, [[[]]]),
  fc.jsonValue({ maxDepth: 3 }),
);
/** A value with one field replaced or omitted, or any other value. */
const brokenLike = (right: object): fc.Arbitrary<unknown> =>
  fc.oneof(
    odd,
    fc.tuple(fc.constantFrom(...Object.keys(right)), odd, fc.boolean()).map(([name, value, leftOut]) => {
      const { [name]: _, ...rest } = right as Record<string, unknown>;
      return leftOut ? rest : { ...rest, [name]: value };
    }),
  );
const types = fc.constantFrom(
  ...['quadrille.order.created.v2', 'quadrille.order.created.v1', 'quadrille.order.created.v99', 'OrderCreated', ''],
  ...['quadrille.order.completed.v1', 'quadrille.order.cancelled.v1', 'quadrille.order.blessed.v1', 'a.v0', 'x.v1e3'],
);
const times = fc.constantFrom(AT, 'infinity', '-infinity', '0044-03-15 BC', '294000-01-01');

const insertEvent = (orderId: string, version: number, type: string, data: unknown, at: string) =>
  query(
    `insert into order_events (stream_id, version, event_id, type, data, at)
     values ($1, $2, $3, $4, $5::json, $6::timestamptz)`,
    [orderId, version, newId(), type, JSON.stringify(data), at],
  );

const isOrder = (order: Order): boolean =>
  ['none', 'placed', 'cancelling', 'completed', 'cancelled'].includes(order.status) && Number.isInteger(order.version);

describe('a row of an order from another version, or edited by hand', () => {
  it('is read as an event, or makes its order unreadable with a cause; a rebuild continues with all others', async () => {
    const sound = await cancelling();
    const before = exampleOrder({ orderId: newId() });
    const property = fc.asyncProperty(
      types,
      brokenLike(before),
      times,
      fc.boolean(),
      async (type, data, at, isFirst) => {
        const { orderId } = isFirst ? { orderId: newId() } : await placed(OrderCompleted);
        await insertEvent(orderId, isFirst ? 1 : 3, type, data, at);
        const loaded = await load(orderId).catch((error: unknown) => error);
        if (loaded instanceof Map) expect(isOrder(loaded.get(orderId))).toBe(true);
        else expect(loaded).toBeInstanceOf(UnreadableMessage);
        expect((await load(sound.orderId)).get(sound.orderId)).toEqual(sound);

        const rebuilt = await rebuildOrders(inTx);
        const isUnreadable = rebuilt.unreadable.some((each) => each.orderId === orderId && each.cause !== '');
        expect(isUnreadable).toBe(!(loaded instanceof Map));
        expect(rebuilt.orders + rebuilt.unreadable.length).toBeGreaterThan(1);
      },
    );
    await fc.assert(property, { numRuns: fuzzRuns(120) });
  });

  it('is skipped as a snapshot: the order is loaded from its events', async () => {
    const truth = await cancelling();
    const property = fc.asyncProperty(brokenLike(truth), fc.constantFrom(1, 2), async (state, version) => {
      await query('truncate order_snapshots');
      await query('insert into order_snapshots (stream_id, version, shape, state) values ($1, $2, $3, $4::json)', [
        ...[truth.orderId, version, SNAPSHOT_SHAPE],
        JSON.stringify(state),
      ]);
      const loaded = (await load(truth.orderId)).get(truth.orderId);
      // A different text of the reason is valid, too.
      const reason = (state as { reason?: unknown } | null)?.reason;
      expect(typeof reason === 'string' ? [truth, { ...truth, reason }] : [truth]).toContainEqual(loaded);
    });
    await fc.assert(property, { numRuns: fuzzRuns(120) });
  });

  it('does not fail its page of the list of orders', async () => {
    const sound = await cancelling();
    const { orderId } = await cancelling();
    const property = fc.asyncProperty(odd, times, fc.constantFrom(...STATUSES), async (details, at, status) => {
      await query(
        `update orders set details = $1::json, placed_at = $2::timestamptz, ended_at = $2::timestamptz, status = $3
         where order_id = $4`,
        [JSON.stringify(details), at, status, orderId],
      );
      const { orders: page } = await listOrders(dataSource, { limit: 10 });
      expect(page).toHaveLength(2);
      expect(page).toContainEqual(expect.objectContaining({ orderId: sound.orderId, status: 'CANCELLING' }));
    });
    await fc.assert(property, { numRuns: fuzzRuns(60) });
  });
});
