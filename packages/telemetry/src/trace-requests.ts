import { type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { traceparentOf, under } from './trace-context.js';

/** Polled by machines every few seconds; their spans would only clutter traces. */
const UNTRACED = /^\/(health|metrics)\b/;

/**
 * Starts a server span per request, as a child of the caller's span. It replaces the request's `traceparent`, so that later
 * readers of the header become its children.
 */
export function traceRequests(tracer: Tracer, fastify: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  fastify.addHook('onRequest', (request, _, done) => {
    const route = request.routeOptions.url;
    if (route !== undefined && !UNTRACED.test(route)) {
      // Without the query, which may hold data that must not leave the service.
      const path = request.url.split('?', 1)[0];
      const attributes = { 'http.request.method': request.method, 'http.route': route, 'url.path': path };
      const { traceparent } = request.headers;
      const parent = under(typeof traceparent === 'string' ? traceparent : undefined);
      const span = tracer.startSpan(`${request.method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
      request.headers.traceparent = traceparentOf(span.spanContext());
      spans.set(request, span);
    }
    done();
  });
  fastify.addHook('onResponse', (request, { statusCode }, done) => {
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    done();
  });
}
