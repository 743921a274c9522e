import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventProducer, type IncomingRecord } from '@quadrille/kafka';
import { type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { type ReceivedSpan, receiveSpans, type SpanReceiver } from '@quadrille/testing';
import { asked, Poured } from '../../runtime/src/kettle.fixture.js';
import { bootService, type RunningService } from './boot-service.js';
import { servedKettle } from './served-kettle.fixture.js';

const definition = {
  ...servedKettle,
  sagas: {
    endings: { POURED: Poured },
    beganAt: () => Date.now() - 1_500,
    open: async () => 0,
    active: async () => ({ byState: { WARM: 3 }, oldestAgeSeconds: 7 }),
  },
};

/** Spans are exported every five seconds. */
const SOON_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'quadrille-telemetry-'));
let postgres: LocalPostgres;
let kafka: LocalKafka;
let receiver: SpanReceiver;
let env: NodeJS.ProcessEnv;
let service: RunningService;

beforeAll(async () => {
  receiver = await receiveSpans();
  postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  kafka = await startKafka({ dataDir: join(folder, 'kafka') });
  env = {
    DATABASE_URL: await postgres.createService('kettle', 'secret'),
    KAFKA_BROKERS: kafka.brokers.join(','),
    PORT: '0',
    LOG_LEVEL: 'silent',
    TOPIC_PARTITIONS: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  };
  service = await bootService(definition, env, () => {});
}, 180_000);

afterAll(async () => {
  await service?.stop();
  await kafka?.stop();
  await postgres?.stop();
  await receiver?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function until<Seen>(look: () => Promise<Seen> | Seen, holds: (seen: Seen) => boolean): Promise<Seen> {
  const deadline = Date.now() + SOON_MS;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`It has not happened; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const metrics = async (): Promise<string> => (await fetch(`${service.url}/metrics`)).text();

/** The value of the first series of a metric with these labels. */
function value(text: string, metric: string, labels: Record<string, string | number> = {}): number | undefined {
  const pairs = Object.entries(labels).map(([name, label]) => `${name}="${label}"`);
  const isMeant = (line: string) => /^\w+/.exec(line)?.[0] === metric && pairs.every((pair) => line.includes(pair));
  const line = text.split('\n').find(isMeant);
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
}

const post = (body: object, headers: Record<string, string> = {}) =>
  fetch(`${service.url}/refills?by=ada`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function appendEvents(...records: IncomingRecord[]): Promise<void> {
  const producer = new EventProducer({ brokers: kafka.brokers, clientId: 'kitchen' });
  await producer.send(
    records.map(({ topic, key, headers, value: text }) => ({ topic, key: key!, headers, payload: text! })),
  );
  await producer.disconnect();
}

describe('GET /metrics', () => {
  it('counts the outcomes of steps, and duplicates', async () => {
    const record = asked('green', 2);
    await appendEvents(record, record, asked('black', 1));
    const text = await until(metrics, (seen) => (value(seen, 'quadrille_inbox_duplicates_total') ?? 0) > 0);
    expect(value(text, 'quadrille_steps_total', { step: 'pour', kind: 'forward', outcome: 'Poured' })).toBe(2);
    expect(value(text, 'quadrille_inbox_duplicates_total', { step: 'pour' })).toBe(1);
    expect(value(text, 'quadrille_step_duration_seconds_count', { step: 'pour' })).toBe(2);
    expect(value(text, 'quadrille_saga_duration_seconds_sum', { ending: 'POURED' })).toBeGreaterThan(2.9);
    expect(value(text, 'quadrille_batch_inputs_sum')).toBeGreaterThanOrEqual(3);
  });

  it('reports sent events, the backlog and active sagas', async () => {
    const text = await until(metrics, (seen) => (value(seen, 'quadrille_outbox_sent_total') ?? 0) >= 2);
    expect(value(text, 'quadrille_outbox_batch_rows_sum')).toBe(value(text, 'quadrille_outbox_sent_total'));
    expect(value(text, 'quadrille_consumer_up')).toBe(1);
    expect(value(text, 'quadrille_consumer_stalled')).toBe(0);
    expect(value(text, 'quadrille_sagas_active', { state: 'WARM' })).toBe(3);
    expect(value(text, 'quadrille_saga_oldest_active_age_seconds')).toBe(7);
    expect(value(text, 'quadrille_database_connections', { state: 'idle' })).toBeGreaterThan(0);
    expect(value(text, 'nodejs_eventloop_lag_seconds')).toBeDefined();
    for (const sample of ['outbox', 'lag', 'parked', 'sagas']) {
      expect(`${sample} ${value(text, 'quadrille_sample_up', { sample })}`).toBe(`${sample} 1`);
    }
  });

  it('reports the durations and statuses of requests, by route', async () => {
    const { status } = await post({ pot: 'white', cups: 'many' });
    await fetch(`${service.url}/nowhere/${'x'.repeat(50)}`);
    const text = await metrics();
    const count = 'quadrille_http_request_duration_seconds_count';
    expect(value(text, count, { method: 'POST', route: '/refills', status })).toBe(1);
    expect(text).not.toContain('xxx');
  });

  it('does not exist with METRICS=0', async () => {
    const other = await bootService({ ...definition, controllers: [] }, { ...env, METRICS: '0' }, () => {});
    const { status } = await fetch(`${other.url}/metrics`);
    await other.stop();
    expect(status).toBe(404);
  });
});

describe('a trace', () => {
  const TRACE = '0af7651916cd43dd8448eb211c80319c';
  const CALLER = 'b7ad6b7169203331';

  const named = (name: string, parentSpanId?: string) => (span: ReceivedSpan) =>
    span.name === name && (parentSpanId === undefined || span.parentSpanId === parentSpanId);
  const received = (name: string, parentSpanId?: string): Promise<ReceivedSpan> =>
    until(
      () => receiver.spans.find(named(name, parentSpanId)),
      (found) => found !== undefined,
    ) as Promise<ReceivedSpan>;

  it('leads from the caller to the request, the step and the published event', async () => {
    await post({ pot: 'red', cups: 1 }, { traceparent: `00-${TRACE}-${CALLER}-01` });
    const request = await received('POST /refills', CALLER);
    // Without the query.
    expect(request.attributes).toMatchObject({ 'url.path': '/refills' });
    const step = await received('refill', request.spanId);
    const publish = await received('publish test.kettle.v1', step.spanId);
    expect([request, step, publish].map(({ traceId }) => traceId)).toEqual([TRACE, TRACE, TRACE]);
    expect(step.attributes).toMatchObject({ 'quadrille.key': 'red', 'quadrille.outcome': 'test.kettle.poured.v1' });
  });

  it('has a step under each consumed event; their common batch is linked with all of them', async () => {
    const payload = ['a1', 'a2', 'a3'].map((digits) => ({ traceId: digits.repeat(16), spanId: digits.repeat(8) }));
    const records = payload.map(({ traceId, spanId }, at) => {
      const record = asked(`pot-${at}`, 1);
      return { ...record, headers: { ...record.headers, traceparent: `00-${traceId}-${spanId}-01` } };
    });
    await appendEvents(...records);
    const steps = await Promise.all(payload.map(({ spanId }) => received('pour', spanId)));
    expect(steps.map(({ traceId }) => traceId)).toEqual(payload.map(({ traceId }) => traceId));
    const batches = new Set(steps.map(({ links }) => links[0]!.spanId));
    const links = receiver.spans.filter(({ spanId }) => batches.has(spanId)).flatMap((batch) => batch.links);
    expect(links.map(({ spanId }) => spanId).sort()).toEqual(payload.map(({ spanId }) => spanId).sort());
  });

  it('that the caller does not sample has no span of the service', async () => {
    const unsampled = 'f'.repeat(32);
    await post({ pot: 'blue', cups: 1 }, { traceparent: `00-${unsampled}-${CALLER}-00` });
    await post({ pot: 'blue', cups: 1 }, { traceparent: `00-${'e'.repeat(32)}-${CALLER}-01` });
    await until(
      () => receiver.spans,
      (spans) => spans.some(({ traceId }) => traceId === 'e'.repeat(32)),
    );
    expect(receiver.spans.filter(({ traceId }) => traceId === unsampled)).toEqual([]);
  });
});
