import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Judged } from '@quadrille/testing';
import type { AuditMetrics } from './audit-metrics.js';

const NOT_YET = 503;
const NOT_FOUND = 404;

/** What is served: the last verdict, and why there is none, or none newer. */
export interface Told {
  readonly judged: Judged | null;
  /** Why the last look failed; null when it did not. */
  readonly error: string | null;
}

/** Serves `/metrics` for Prometheus, `/verdict` as JSON, `/health/live`. Throws when the port is taken. */
export async function serveVerdict(
  port: number,
  host: string,
  metrics: AuditMetrics,
  told: () => Told,
): Promise<Server> {
  const server = createServer(async ({ url = '/' }, response) => {
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    const { pathname } = new URL(url, 'http://localhost');
    if (pathname === '/metrics') {
      response.writeHead(200, { 'content-type': metrics.registry.contentType });
      response.end(await metrics.registry.metrics());
    } else if (pathname === '/verdict') {
      const { judged, error } = told();
      if (judged) send(200, { ...judged, error });
      else send(NOT_YET, { verdict: 'unknown', error });
    } else if (pathname === '/health/live') send(200, { ok: true });
    else send(NOT_FOUND, { title: 'There are /metrics, /verdict and /health/live.' });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

/** Where it listens. */
export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
