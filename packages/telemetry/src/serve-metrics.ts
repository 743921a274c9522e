import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { ServiceMetrics } from './metrics.js';

/** Answers `GET /metrics` in Prometheus' text format, and measures every request. `look` updates gauges that need a query. */
export function serveMetrics(
  fastify: FastifyInstance,
  service: string,
  { registry, httpDuration }: Pick<ServiceMetrics, 'registry' | 'httpDuration'>,
  look: () => Promise<void> = async () => {},
): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    if (!isStream(reply)) {
      const labels = [request.method, request.routeOptions.url ?? 'none', String(reply.statusCode)];
      httpDuration.observe(labels, reply.elapsedTime / 1_000);
    }
    done();
  });
  fastify.get(
    '/metrics',
    { config: { access: 'public', listener: 'admin' } as object },
    async (_: FastifyRequest, reply) => {
      await look();
      const texts = await Promise.all([registry.metrics().then(withOldNames), processMetrics(service).metrics()]);
      return reply
        .header('content-type', registry.contentType)
        .header('cache-control', 'no-store')
        .send(texts.join('\n'));
    },
  );
}

/** Renamed metrics; the old names are served for one release. */
const OLD_NAMES = {
  quadrille_consumer_last_activity_age_seconds: 'quadrille_consumer_silence_seconds',
  quadrille_consumer_records_skipped_total: 'quadrille_consumer_records_passed_over_total',
} as const;

/** Repeats the lines of renamed metrics under their old names. */
export function withOldNames(text: string): string {
  const lines = text.split('\n');
  const repeated = Object.entries(OLD_NAMES).flatMap(([now, old]) =>
    lines.filter((line) => new RegExp(`^(# \\w+ )?${now}\\b`).test(line)).map((line) => line.replace(now, old)),
  );
  return [text.trimEnd(), ...repeated, ''].join('\n');
}

const isStream = (reply: FastifyReply): boolean =>
  String(reply.getHeader('content-type')).startsWith('text/event-stream');

let registry: Registry | undefined;

/**
 * CPU, memory, event loop and garbage collection of this process under prom-client's names (`process_…`, `nodejs_…`); one
 * registry per process.
 */
export function processMetrics(service: string): Registry {
  if (!registry) {
    registry = new Registry();
    registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
