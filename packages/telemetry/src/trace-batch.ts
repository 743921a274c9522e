import { type Link, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import {
  BLOCKED,
  DUPLICATE,
  type Input,
  type Outcome,
  REPLAYED,
  type Unreadable,
  type WatchedBatch,
} from '@quadrille/runtime';
import { isSampled, spanNamed, traceparentOf, under } from './trace-context.js';

/** OpenTelemetry drops links of a span beyond this number. */
const MAX_LINKS = 128;

/**
 * Makes a span for the batch, linked to the spans of its inputs, and one span per input as a child of the consumed event. The
 * trace of an order then has all its steps, and each step links to its batch.
 */
export function tracedBatch<Some extends Input | Unreadable>(
  tracer: Tracer,
  inputs: readonly Some[],
): WatchedBatch<Some> {
  const startTime = Date.now();
  const batch = batchSpan(tracer, inputs, startTime);
  const links = batch?.isRecording() ? [{ context: batch.spanContext() }] : [];
  const spans = inputs.map((input) => stepSpan(tracer, input, links, startTime));
  return {
    inputs: inputs.map((input, at) =>
      spans[at] ? { ...input, traceparent: traceparentOf(spans[at].spanContext()) } : input,
    ),
    committed(outcomes) {
      const endTime = Date.now();
      batch?.end(endTime);
      spans.forEach((span, at) => {
        if (span) endOne(span, outcomes[at]!, endTime);
      });
    },
    failed(error) {
      const status = { code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) };
      for (const span of [batch, ...spans]) span?.setStatus(status).end();
    },
  };
}

/** Starts a root span, as a batch belongs to no single order; undefined if none of its inputs is sampled. */
function batchSpan(tracer: Tracer, inputs: readonly (Input | Unreadable)[], startTime: number): Span | undefined {
  const links: Link[] = [];
  for (const input of inputs) {
    const traceparent = input.from === 'unreadable' ? undefined : input.traceparent;
    const context = isSampled(traceparent) ? spanNamed(traceparent) : undefined;
    if (context && links.length < MAX_LINKS) links.push({ context });
  }
  if (links.length === 0) return undefined;
  const attributes = { 'messaging.batch.message_count': inputs.length };
  return tracer.startSpan('batch', { kind: SpanKind.CONSUMER, links, attributes, startTime }, ROOT_CONTEXT);
}

function stepSpan(tracer: Tracer, input: Input | Unreadable, links: Link[], startTime: number): Span | undefined {
  if (input.from === 'unreadable') return undefined;
  const payload = input.from === 'event' ? placeOf(input) : {};
  const attributes = { 'quadrille.key': input.key, 'quadrille.from': input.from, ...payload };
  const kind = input.from === 'event' ? SpanKind.CONSUMER : SpanKind.INTERNAL;
  return tracer.startSpan(input.step.name, { kind, attributes, links, startTime }, under(input.traceparent));
}

const placeOf = ({ type, messageId, original }: Extract<Input, { from: 'event' }>) => ({
  'quadrille.event': type,
  'messaging.system': 'kafka',
  'messaging.operation.type': 'process',
  'messaging.message.id': messageId,
  'messaging.destination.name': original.topic,
  'messaging.destination.partition.id': String(original.partition),
  'messaging.kafka.offset': original.offset,
});

function endOne(span: Span, outcome: Outcome, endTime: number): void {
  // A duplicate already has its span. This one never ends, so it is not exported.
  if (outcome === DUPLICATE) return;
  span.setAttribute('quadrille.outcome', wordFor(outcome));
  if ('failed' in outcome) span.setStatus({ code: SpanStatusCode.ERROR, message: outcome.failed.cause });
  span.end(endTime);
}

function wordFor(outcome: Outcome): string {
  if (REPLAYED.has(outcome)) return 'replayed';
  if (outcome === BLOCKED) return 'parked';
  if ('event' in outcome) return outcome.event.type;
  if ('refused' in outcome) return outcome.refused.refused;
  return 'failed' in outcome ? 'failed' : 'nothing';
}
