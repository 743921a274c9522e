import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CLEAR, FaultProxy, type LinkConditions } from '@quadrille/chaos';
import { ShopClient } from '@quadrille/load';
import { freePort, NODE_FLAGS, seed, startKafka, startPostgres, startProcess, startSystem } from '@quadrille/local';
import type { ServiceName } from '../protocol.js';
import type { SentOrder } from './customers.js';
import { type Fault, SLOW_MS } from './faults.js';
import type { Runnable } from './run.js';
import { query } from './servers.js';

const ORDER_MAIN = fileURLToPath(new URL('../../../../apps/order/dist/main.js', import.meta.url));

/** The services that reach the broker through a proxy. A partition is on one side of the broker, because services are linked only by it. */
const LINKED: Partial<Record<Fault, readonly ServiceName[]>> = {
  partition: ['inventory', 'shipping'],
  slow: ['order', 'payment', 'inventory', 'shipping'],
};

/** The product as shipped, with a second order service. The two order services are the drivers. */
export async function startChoreography(
  dataDir: string,
  faults: readonly Fault[],
): Promise<Runnable & { stop(): Promise<void> }> {
  const linked = [...new Set(faults.flatMap((fault) => LINKED[fault] ?? []))];
  const link = await openLink();
  const through = { KAFKA_BROKERS: `127.0.0.1:${link.advertisedPort}` };
  const folder = join(dataDir, 'postgres');
  const settings = { track_commit_timestamp: 'on' };
  let postgres = await startPostgres({ dataDir: folder, settings });
  const { port } = postgres;
  const kafka = await startKafka({ dataDir: join(dataDir, 'kafka'), extraListener: link });
  const system = await startSystem({
    dataDir,
    ports: 'free',
    servers: { postgres: { ...postgres, stop: () => postgres.stop() }, kafka },
    env: { LOG_LEVEL: 'silent' },
    envOf: Object.fromEntries(linked.map((name) => [name, through])),
    readyWithinMs: 180_000,
  });
  const second = await freePort();
  const order2 = await startProcess({
    name: 'order-2',
    command: process.execPath,
    args: [...NODE_FLAGS, ORDER_MAIN],
    env: {
      LOG_LEVEL: 'silent',
      PORT: String(second),
      DATABASE_URL: system.databases.order!,
      ...system.personalData,
      KAFKA_BROKERS: system.kafka.brokers.join(),
      ...(linked.includes('order') && through),
      KAFKAJS_NO_PARTITIONER_WARNING: '1',
    },
    readyWhen: `http://127.0.0.1:${second}/health/ready`,
    readyWithinMs: 180_000,
  });
  await seed(new ShopClient(system.urls));
  const shops = [system.urls.order, `http://127.0.0.1:${second}`].map(
    (order) => new ShopClient({ ...system.urls, order }),
  );
  const { order, payment } = system.processes;
  const injections: Partial<Record<Fault, readonly [begin: () => unknown, end: () => unknown]>> = {
    'driver-dies': [() => order.kill('SIGKILL'), () => order.restart()],
    'service-dies': [() => payment.kill('SIGKILL'), () => payment.restart()],
    'driver-stops': [() => process.kill(-order.pid, 'SIGSTOP'), () => process.kill(-order.pid, 'SIGCONT')],
    partition: [() => link.set({ blackHole: true }), () => link.set({})],
    slow: [() => link.set({ latencyMs: SLOW_MS }), () => link.set({})],
    'databases-die': [
      () => process.kill(postgres.pid, 'SIGKILL'),
      async () => {
        postgres = await startPostgres({ dataDir: folder, port, settings });
      },
    ],
  };
  return {
    databases: { urls: system.databases, superuserUrl: system.postgres.superuserUrl },
    calls: async () => 0,
    providerUrl: system.urls['payment-provider'],
    async place(nth, sent, body) {
      const { status, body: answer } = await shops[nth]!.placeOrder(body, sent.orderId);
      if (status === 202) sent.shopId = answer.orderId;
    },
    complete: (sentOrders) => endingsOf(system.databases.order!, sentOrders),
    recovers: () => true,
    async inject(fault, durationMs, _book, print) {
      const [begin, end] = injections[fault] ?? [() => {}, () => {}];
      await begin();
      print(`${fault} begins`);
      const from = Date.now();
      await pause(durationMs);
      const to = Date.now();
      await end();
      print(`${fault} is repaired`);
      return { from, to, blocked: 0 };
    },
    async stop() {
      await order2.stop();
      await system.stop();
      await link.close();
    },
  };
}

/** A proxy in front of a second listener of the broker. */
async function openLink() {
  const port = await freePort();
  const proxy = await FaultProxy.listen(() => ({ host: '127.0.0.1', port }), await freePort());
  return {
    port,
    advertisedPort: proxy.port,
    set: (conditions: Partial<LinkConditions>) => {
      proxy.conditions = { ...CLEAR, ...conditions };
    },
    close: () => proxy.close(),
  };
}

/** The shop answers 202 before an order ends, so the end is read from the order's row. */
async function endingsOf(url: string, sentOrders: SentOrder[]): Promise<void> {
  const rows = await query<{ id: string; status: 'COMPLETED' | 'CANCELLED'; at: string }>(
    url,
    'select order_id::text as id, status, extract(epoch from ended_at) * 1000 as at from orders where ended_at is not null',
  );
  const ended = new Map(rows.map((row) => [row.id, row]));
  for (const sent of sentOrders) {
    const row = ended.get(sent.shopId ?? '');
    if (!row) continue;
    sent.status = row.status;
    sent.answeredAt = Number(row.at);
  }
}
