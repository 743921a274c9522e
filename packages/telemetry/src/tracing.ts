import type { BatchTelemetry } from '@quadrille/runtime';
import type { FastifyInstance } from 'fastify';
import type { Send } from './trace-send.js';

/** Hooks with which requests, batches and the relay add their spans to one trace per order. */
export interface Tracing {
  /** A span for each request; its context takes the place of the caller's `traceparent`. */
  requests(fastify: FastifyInstance): void;
  /** A span for each batch and each input of it. */
  readonly batches: Pick<BatchTelemetry, 'begin'>;
  /** A span for each record that is sent; its context goes with the record. */
  publishing(send: Send): Send;
  /** Exports the remaining spans. */
  stop(): Promise<void>;
}

/**
 * Returns tracing if `OTEL_EXPORTER_OTLP_ENDPOINT` is set; otherwise undefined, and OpenTelemetry is not loaded. OpenTelemetry
 * reads `OTEL_TRACES_SAMPLER`, `OTEL_RESOURCE_ATTRIBUTES` and similar variables itself.
 */
export async function openTracing(
  service: string,
  endpoint: string | undefined,
  log: { info(fields: object, message: string): void },
): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined;
  const { exportByOtlp } = await import('./export-by-otlp.js');
  const { tracedBatch } = await import('./trace-batch.js');
  const { traceRequests } = await import('./trace-requests.js');
  const { tracedSend } = await import('./trace-send.js');
  const { tracer, stop } = exportByOtlp(service, endpoint);
  log.info({ endpoint }, 'traces are exported');
  return {
    requests: (fastify) => traceRequests(tracer, fastify),
    batches: { begin: (inputs) => tracedBatch(tracer, inputs) },
    publishing: (send) => tracedSend(tracer, send),
    stop,
  };
}
