import { type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { OutboxRecord } from '@quadrille/outbox';
import { isSampled, traceparentOf, under } from './trace-context.js';

/** Sends records; called by the relay. */
export type Send = (records: readonly OutboxRecord[]) => Promise<void>;

/** Starts a producer span for each record of a sampled trace, as a child of the emitting step. Each attempt has its own. */
export const tracedSend =
  (tracer: Tracer, send: Send): Send =>
  async (records) => {
    const spans: (Span | undefined)[] = [];
    const traced = records.map((record) => {
      const span = spanOf(tracer, record);
      spans.push(span);
      if (!span) return record;
      return { ...record, headers: { ...record.headers, traceparent: traceparentOf(span.spanContext()) } };
    });
    try {
      await send(traced);
    } catch (error) {
      // Duck typing: records that are not in `indexes` were acknowledged.
      const { indexes } = error as { indexes?: readonly number[] };
      spans.forEach((span, at) => {
        if (!indexes || indexes.includes(at))
          span?.setStatus({
            code: SpanStatusCode.ERROR,
            message: error instanceof Error ? error.message : String(error),
          });
      });
      throw error;
    } finally {
      for (const span of spans) span?.end();
    }
  };

function spanOf(tracer: Tracer, { topic, key, headers }: OutboxRecord): Span | undefined {
  if (!isSampled(headers.traceparent)) return undefined;
  const attributes = {
    'messaging.system': 'kafka',
    'messaging.operation.type': 'send',
    'messaging.destination.name': topic,
    'messaging.kafka.message.key': key,
    ...(headers.ce_id && { 'messaging.message.id': headers.ce_id }),
    ...(headers.ce_type && { 'cloudevents.event_type': headers.ce_type }),
  };
  return tracer.startSpan(`publish ${topic}`, { kind: SpanKind.PRODUCER, attributes }, under(headers.traceparent));
}
