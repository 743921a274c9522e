import type { OutboxRecord } from '@quadrille/outbox';
import type { BatchTelemetry } from '@quadrille/runtime';
import type { FastifyInstance } from 'fastify';

/** Sends records; what a relay calls. */
export type Send = (records: readonly OutboxRecord[]) => Promise<void>;

/** One trace an order, over all services: what each room needs to take part in it. */
export interface Tracing {
  /** A span for each request; its context takes the place of the caller's `traceparent`. */
  requests(fastify: FastifyInstance): void;
  /** A span for each batch and each input of it. */
  readonly batches: Pick<BatchTelemetry, 'begin'>;
  /** A span for each record that is sent; its context goes with the record. */
  publishing(send: Send): Send;
  /** Exports what is left. */
  stop(): Promise<void>;
}

/**
 * Tracing, when `OTEL_EXPORTER_OTLP_ENDPOINT` says where spans go; otherwise nothing, and nothing of OpenTelemetry is loaded.
 * `OTEL_TRACES_SAMPLER`, `OTEL_RESOURCE_ATTRIBUTES` and the like are read from the process's environment by OpenTelemetry itself.
 */
export async function openTracing(
  service: string,
  endpoint: string | undefined,
  log: { info(fields: object, message: string): void },
): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined;
  const { exportByOtlp } = await import('./export-by-otlp.js');
  const { Traces } = await import('./traces.js');
  const { tracer, stop } = exportByOtlp(service, endpoint);
  log.info({ endpoint }, 'traces are exported');
  return new Traces(tracer, stop);
}
