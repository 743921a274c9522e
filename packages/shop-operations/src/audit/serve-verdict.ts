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

/** What is served: the last verdict, and why there is none, or none newer. */
export interface Told {
  readonly judged: AuditReport | null;
  /** Why the last look failed; null when it did not. */
  readonly error: string | null;
  /** ISO 8601: since when looks fail; null while they do not. */
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
  json(MISDIRECTED, { title: 'The auditor does not answer to this name: allow it by ALLOWED_HOSTS.' }),
);

/** What is answered at a request target, whatever that is: it comes from anybody who reaches the port. */
async function answerAt(target: string, metrics: AuditMetrics, told: () => Told): Promise<Answer> {
  const [path] = target.split('?', 1);
  if (path === '/metrics') {
    return { status: OK, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
  }
  if (path === '/verdict') return verdictOf(told());
  if (path === '/health/live') return json(OK, { ok: true });
  return json(NOT_FOUND, { title: 'There are /metrics, /verdict and /health/live.' });
}

/** Of a system that cannot be read nothing is known: what was known last is told as that, and not as the verdict. */
function verdictOf({ judged, error, since }: Told): Answer {
  if (judged && error === null) return json(OK, { ...judged, error });
  return json(UNKNOWN, { verdict: 'unknown', error, since, last: judged });
}

/**
 * Serves `/metrics` for Prometheus, `/verdict` as JSON, `/health/live`, to who calls it by an address, `localhost` or one of `hosts`: a page of another
 * site could make its own name resolve here. Throws when the port is taken.
 */
export async function serveVerdict(
  port: number,
  { host, hosts = [] }: { readonly host: string; readonly hosts?: readonly string[] },
  metrics: AuditMetrics,
  told: () => Told,
): Promise<Server> {
  const server = createServer((request, response) => {
    const name = request.headers.host;
    const answer =
      name === undefined || isHostOf(name, hosts) ? answerAt(request.url ?? '/', metrics, told) : UNKNOWN_HOST;
    answer
      .catch((error: Error) => json(FAILED, { title: error.message }))
      .then(({ status, type, body }) => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
        response.end(body);
      })
      // Who hangs up before the answer is of no concern to the audit.
      .catch(() => response.destroy());
  });
  server.listen(port, host);
  await once(server, 'listening');
  server.on('error', (error) => console.error(`The port of the audit failed (${error.message}).`));
  return server;
}

/** Where it listens. */
export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
