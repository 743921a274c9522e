import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

/**
 * Makes a tracer that exports spans to a collector by OTLP over HTTP, in batches. Spans that the collector rejects are dropped.
 */
export function exportByOtlp(service: string, endpoint: string): { tracer: Tracer; stop: () => Promise<void> } {
  const named = resourceFromAttributes({ 'service.name': service, 'service.namespace': 'quadrille' });
  const provider = new BasicTracerProvider({
    // The environment may add attributes and replace the name.
    resource: defaultResource()
      .merge(named)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [
      new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })),
    ],
  });
  return { tracer: provider.getTracer('quadrille'), stop: () => provider.shutdown() };
}
