import type { RelayObserver } from '@quadrille/outbox';
import { conflictKind } from '@quadrille/postgres';
import type { BatchTelemetry, ReadObserver } from '@quadrille/runtime';
import {
  BatchCounter,
  collectGauges,
  declareMetrics,
  openTracing,
  type Parts,
  Samples,
  type Send,
  type ServiceMetrics,
  samplesOf,
  serveMetrics,
  watchBoth,
  watchRelay,
} from '@quadrille/telemetry';
import type { FastifyInstance } from 'fastify';
import type { ServiceContext } from './service-context.js';

/** The telemetry of a service. Disabled parts are absent, so that callers need no check. */
export interface Telemetry {
  readonly batches?: BatchTelemetry | undefined;
  readonly relay?: RelayObserver | undefined;
  readonly reads?: ReadObserver | undefined;
  /** Wraps the send function of a relay. */
  publishing(send: Send): Send;
  /** Observes requests, and serves `GET /metrics`. Call it before the application listens. */
  watchRequests(fastify: FastifyInstance, parts: Parts): void;
}

/** Opened before the components that it observes. */
export async function openTelemetry({ definition, env, log, shutdown }: ServiceContext): Promise<Telemetry> {
  const { rows, steps, sagas } = definition;
  const tracing = await openTracing(steps.service, env.OTEL_EXPORTER_OTLP_ENDPOINT, log);
  if (tracing) shutdown.set('the traces', () => tracing.stop());
  const metrics = env.METRICS ? declareMetrics(steps.service) : undefined;
  const counter = metrics && new BatchCounter(metrics, rows, sagas);
  const conflict = (error: unknown) => metrics?.conflicts.inc({ kind: conflictKind(error) });
  const shed = (reason: string) => metrics?.commandsRefused.inc({ reason });
  const skipped = (topic: string) => metrics?.consumerRecordsSkipped.inc({ topic });
  return {
    batches: watchBoth(counter, tracing?.batches, conflict, shed, skipped),
    reads: metrics && watchReads(metrics, conflict),
    relay: metrics && watchRelay(metrics),
    publishing: (send) => tracing?.publishing(send) ?? send,
    watchRequests(fastify, parts) {
      tracing?.requests(fastify);
      if (metrics) serveMetrics(fastify, steps.service, metrics, lookAt(metrics, parts, definition));
    },
  };
}

const watchReads = (metrics: ServiceMetrics, conflict: (error: unknown) => void): ReadObserver => ({
  conflict,
  applied(records, seconds) {
    metrics.batchInputs.observe(records);
    metrics.batchDuration.observe(seconds);
  },
});

function lookAt(
  metrics: ServiceMetrics,
  parts: Parts,
  { rows, sagas }: ServiceContext['definition'],
): () => Promise<void> {
  const samples = new Samples(samplesOf(metrics, parts, rows, sagas), metrics.sampleUp);
  return async () => {
    collectGauges(metrics, parts);
    await samples.look();
  };
}
