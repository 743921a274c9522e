import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuditReport } from '@quadrille/audit';
import { isHostOf } from '@quadrille/nest/hosts';
import type { AuditMetrics } from './audit-metrics.js';

const OK = 200;
const NOT_FOUND = 404;
const MISDIRECTED = 421;
const FAILED = 500;
const UNKNOWN = 503;

/** The served state: the last verdict, and the error of a later audit. */
export interface AuditState {
  readonly judged: AuditReport | null;
  /** The error of the last audit; null if it succeeded. */
  readonly error: string | null;
  /** ISO 8601: the time of the first of the consecutive failures; null without one. */
  readonly since: string | null;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = (status: number, body: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});

const UNKNOWN_HOST = Promise.resolve(
  json(MISDIRECTED, { title: 'This host name is not allowed: add it to ALLOWED_HOSTS.' }),
);

/** Answers a request target. It may be any text, because every client that reaches the port can send one. */
async function answerAt(target: string, metrics: AuditMetrics, state: () => AuditState): Promise<Answer> {
  const [path] = target.split('?', 1);
  if (path === '/metrics') {
    return { status: OK, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
  }
  if (path === '/verdict') return verdictOf(state());
  if (path === '/health/live') return json(OK, { ok: true });
  return json(NOT_FOUND, { title: 'Unknown path; expected /metrics, /verdict or /health/live.' });
}

/** If the system cannot be read, the verdict is unknown; the last verdict is served as such. */
function verdictOf({ judged, error, since }: AuditState): Answer {
  if (judged && error === null) return json(OK, { ...judged, error });
  return json(UNKNOWN, { verdict: 'unknown', error, since, last: judged });
}

/**
 * Serves `/metrics` for Prometheus, `/verdict` as JSON and `/health/live` under an IP address, `localhost` or one of `hosts`: a page of another
 * site could make its own name resolve to this machine. Rejects if the port is in use.
 */
export async function serveVerdict(
  port: number,
  { host, hosts = [] }: { readonly host: string; readonly hosts?: readonly string[] },
  metrics: AuditMetrics,
  state: () => AuditState,
): Promise<Server> {
  const server = createServer((request, response) => {
    const name = request.headers.host;
    const answer =
      name === undefined || isHostOf(name, hosts) ? answerAt(request.url ?? '/', metrics, state) : UNKNOWN_HOST;
    answer
      .catch((error: Error) => json(FAILED, { title: error.message }))
      .then(({ status, type, body }) => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
        response.end(body);
      })
      // The caller has disconnected.
      .catch(() => response.destroy());
  });
  server.listen(port, host);
  await once(server, 'listening');
  server.on('error', (error) => console.error(`The port of the audit failed (${error.message}).`));
  return server;
}

/** The port of a listening server. */
export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
