import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { OrderRequest } from '@quadrille/contracts';
import pg from 'pg';
import { type Order, priced } from './checkout.js';
import { SERVICES, type ServiceOfReference, TABLES } from './tables.js';

export type Pools = Readonly<Record<ServiceOfReference, pg.Pool>>;
/** Connections for new work, and others for what ends prepared work: it must never queue behind transactions that wait for its locks. */
export interface Connections {
  readonly work: Pools;
  readonly decisions: Pools;
}
/** Carries an order to its end; resolves when that is durable. */
export type Carry = (connections: Connections, order: Order) => Promise<void>;

const CONNECTIONS_PER_DATABASE = 20;

/** Takes orders over HTTP and answers each when it has ended. `databases`: a URL each, still empty. */
export async function serve(
  databases: Readonly<Record<ServiceOfReference, string>>,
  port: number,
  carry: Carry,
): Promise<void> {
  const connections = { work: poolsOf(databases), decisions: poolsOf(databases) };
  for (const service of SERVICES) await connections.work[service].query(TABLES[service]);
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'GET') return void response.end('ready');
    const order = await priced(connections.work.order, (await json(request)) as OrderRequest);
    await carry(connections, order);
    const body = JSON.stringify({ orderId: order.orderId });
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  };
  // A loader keeps its connections however long it has nothing to send.
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
