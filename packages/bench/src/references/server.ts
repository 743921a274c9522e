import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { OrderRequest } from '@quadrille/contracts';
import pg from 'pg';
import { type Order, priced } from './checkout.js';
import { SERVICES, type ServiceOfReference, TABLES } from './tables.js';

export type Pools = Readonly<Record<ServiceOfReference, pg.Pool>>;
/** Separate pools for new work and for decisions, so that a decision never queues behind transactions that wait for its locks. */
export interface Connections {
  readonly work: Pools;
  readonly decisions: Pools;
}
/** Processes an order completely; resolves once that is durable. */
export type Carry = (connections: Connections, order: Order) => Promise<void>;

const CONNECTIONS_PER_DATABASE = 20;

/** Creates missing tables. `databases`: a URL per service. */
export async function createTables(databases: Readonly<Record<ServiceOfReference, string>>): Promise<void> {
  for (const service of SERVICES) {
    const client = new pg.Client(databases[service]);
    await client.connect();
    await client.query(TABLES[service]);
    await client.end();
  }
}

/** Accepts orders over HTTP and answers each after `carry`. */
export async function serve(
  databases: Readonly<Record<ServiceOfReference, string>>,
  port: number,
  carry: Carry,
): Promise<void> {
  const connections = { work: poolsOf(databases), decisions: poolsOf(databases) };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'GET') return void response.end('ready');
    const order = await priced(connections.work.order, (await json(request)) as OrderRequest);
    await carry(connections, order);
    const body = JSON.stringify({ orderId: order.orderId });
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  };
  // The loader does not close its connections while it has nothing to send.
  createServer({ keepAliveTimeout: 0 }, (request, response) => {
    answer(request, response).catch((error) => {
      console.error(error);
      response.writeHead(500, { 'content-length': 0 }).end();
    });
  }).listen(port, '127.0.0.1');
}

const poolsOf = (databases: Readonly<Record<ServiceOfReference, string>>): Pools =>
  Object.fromEntries(
    SERVICES.map((service) => [
      service,
      new pg.Pool({ connectionString: databases[service], max: CONNECTIONS_PER_DATABASE }),
    ]),
  ) as unknown as Pools;
