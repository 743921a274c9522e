import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { bootService, type RunningService } from '@quadrille/nest/run';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import { ordersService } from '../src/orders.js';
import { stock } from '../src/stock.js';

const ENDS_WITHIN_MS = 30_000;
const engine = await getContainerRuntimeClient().catch(() => undefined);
const skip = engine ? false : 'no container engine is running';
const containers: StartedTestContainer[] = [];
const services: RunningService[] = [];

before(async () => {
  if (skip) return;
  const port = await freePort();
  containers.push(
    ...(await Promise.all([
      new GenericContainer('postgres:17')
        .withEnvironment({ POSTGRES_PASSWORD: 'test' })
        .withExposedPorts(5432)
        .withCopyContentToContainer([
          {
            content: 'create database orders; create database stock;',
            target: '/docker-entrypoint-initdb.d/databases.sql',
          },
        ])
        .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
        .start(),
      new GenericContainer('apache/kafka:4.3.1')
        .withEnvironment(kafkaOn(port))
        .withExposedPorts({ container: 9092, host: port })
        .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
        .start(),
    ])),
  );
  const [postgres] = containers;
  for (const [name, definition] of [
    ['orders', ordersService],
    ['stock', stock],
  ] as const) {
    const DATABASE_URL = `postgres://postgres:test@${postgres!.getHost()}:${postgres!.getMappedPort(5432)}/${name}`;
    const env = { DATABASE_URL, KAFKA_BROKERS: `127.0.0.1:${port}`, PORT: '0', LOG_LEVEL: 'warn' };
    services.push(await bootService(definition, env, console.error));
  }
});
after(async () => {
  for (const service of services) await service.stop();
  for (const container of containers) await container.stop();
});

it('confirms an order while there is stock, and cancels the next', { skip }, async () => {
  assert.equal(await endOf({ sku: 'mug', quantity: 60 }), 'confirmed');
  assert.equal(await endOf({ sku: 'mug', quantity: 60 }), 'cancelled');
});

async function endOf(wish: object): Promise<string> {
  const url = `${services[0]!.url}/orders`;
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(wish) });
  const { orderId } = (await answer.json()) as { orderId: string };
  for (const until = Date.now() + ENDS_WITHIN_MS; Date.now() < until; await pause(100)) {
    const { status } = (await (await fetch(`${url}/${orderId}`)).json()) as { status: string };
    if (status !== 'placed') return status;
  }
  throw new Error(`The order ${orderId} has not ended within ${ENDS_WITHIN_MS} ms.`);
}

/** One broker that is reached at a port of this machine. */
function kafkaOn(port: number) {
  return {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
