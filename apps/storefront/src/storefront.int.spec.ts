import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endings } from '@quadrille/choreography';
import { checkout, exampleOrder } from '@quadrille/contracts';
import { EventProducer } from '@quadrille/kafka';
import { type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import type { IncomingRecord } from '@quadrille/nest';
import { bootService, type RunningService } from '@quadrille/nest/run';
import { Pool } from 'pg';
import { exampleHistory, exampleTime } from './domain/example-history.js';
import { beginAnew } from './persistence/generation.js';
import { exampleDeadLetter, exampleRecord } from './reading/example-record.js';
import { storefront } from './storefront.js';

const endingNamed = (name: string) => endings(checkout).find((ending) => ending.name === name)!;
const orderId = (nth: number) => `01980000-0000-7000-8000-${String(nth).padStart(12, '0')}`;
const completedPath = endingNamed('COMPLETED').path;
const completed = exampleHistory(completedPath, orderId(1));
const cancelled = exampleHistory(endingNamed('give-up after InventoryReserved').path, orderId(2));
const stuck = exampleHistory(endingNamed('COMPLETED').path.slice(0, 2), orderId(3));

let folder: string;
let postgres: LocalPostgres;
let kafka: LocalKafka;
let producer: EventProducer;
let pool: Pool;
let service: RunningService;
const fatal: Error[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quadrille-storefront-'));
  postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  kafka = await startKafka({ dataDir: join(folder, 'kafka') });
  const DATABASE_URL = await postgres.createService('storefront', 'secret');
  pool = new Pool({ connectionString: DATABASE_URL });
  const env = {
    DATABASE_URL,
    KAFKA_BROKERS: kafka.brokers.join(),
    PORT: '0',
    LOG_LEVEL: 'silent',
    TOPIC_PARTITIONS: '2',
  };
  service = await bootService(storefront, { ...env, LIVE_READERS_MAX: '20' }, (error) => void fatal.push(error));
  producer = new EventProducer({ brokers: kafka.brokers, clientId: 'everybody' });
});

afterAll(async () => {
  await service?.stop();
  await producer?.disconnect();
  await pool?.end();
  await kafka?.stop();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
  expect(fatal).toEqual([]);
});

/** Publishes records on their topics, as their services would. */
const publish = (...records: readonly IncomingRecord[]) =>
  producer.send(records.map(({ topic, key, headers, value }) => ({ topic, key: key!, headers, payload: value! })));

async function get(path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${service.url}${path}`, { headers });
  return { status: answer.status, body: (await answer.json()) as any };
}

async function until<T>(find: () => Promise<T | false | undefined>): Promise<T> {
  for (;;) {
    const answer = await find();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const ended = (order: string) =>
  until(async () => {
    const { status, body } = await get(`/timeline/${order}`);
    return status === 200 && body.outcome !== null && body;
  });

/** Reads server-sent events until the text is sufficient. */
async function listen(path: string, enough: (text: string) => boolean, headers: Record<string, string> = {}) {
  const over = new AbortController();
  const answer = await fetch(`${service.url}${path}`, { headers, signal: over.signal });
  const reading = (async () => {
    let text = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (enough(text)) break;
    }
    over.abort();
    return text;
  })();
  return { answer, reading };
}

describe('a body that is not JSON', () => {
  it.each([
    '/dead-letters/7/redrive',
    '/dead-letters/7/discard',
    '/outbox-dead-letters/7/redrive',
    '/outbox-dead-letters/7/discard',
    '/unsendable/7/redrive',
    '/unsendable/7/discard',
    '/api/order/dead-letters/7/redrive',
    '/api/order/dead-letters/7/discard',
  ])('is rejected with a problem: %s', async (path) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${service.url}${path}`, { method: 'POST', headers, body: '{"reason":' });
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const expected = { type: 'urn:quadrille:problem:malformed-request', status: 400, instance: path };
    expect(await answer.json()).toMatchObject({ ...expected, requestId: expect.any(String) });
  });
});

describe('the storefront', () => {
  it('shows the timeline of a saga, for any order of arrival', async () => {
    for (const event of completed.toReversed()) {
      await publish(exampleRecord(event, exampleOrder({ orderId: orderId(1) })));
    }
    const timeline = await until(async () => {
      const { body } = await get(`/timeline/${orderId(1)}`);
      return body.links?.length === completed.length && body;
    });
    expect(timeline).toMatchObject({ orderId: orderId(1), state: 'COMPLETED', outcome: 'COMPLETED', awaited: [] });
    expect(timeline.links.map(({ step }: { step: string }) => step)).toEqual(completed.map(({ step }) => step));
    expect(timeline.links[1]).toEqual({
      step: 'authorize-payment',
      service: 'payment',
      event: 'PaymentAuthorized',
      eventId: completed[1]!.eventId,
      at: exampleTime(1),
      // By the broker's clock.
      writtenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      record: { topic: 'quadrille.payment.authorized', partition: expect.any(Number), offset: expect.any(String) },
      headers: exampleRecord(completed[1]!).headers,
      triggeredBy: { eventId: completed[0]!.eventId, event: 'OrderCreated', step: 'place-order' },
      data: exampleOrder({ orderId: orderId(1) }),
    });
    expect(timeline.afterwards.map(({ step }: { step: string }) => step)).toEqual([
      'commit-inventory',
      'dispatch-shipment',
    ]);
  });

  it('shows the awaited step, and its dead letter', async () => {
    await publish(...stuck.map((event) => exampleRecord(event)));
    await publish(exampleDeadLetter(orderId(3), stuck[1]!.eventId, 'reserve-inventory', 'inventory'));
    const timeline = await until(async () => {
      const { body } = await get(`/timeline/${orderId(3)}`);
      return body.awaited?.[0]?.givenUp && body;
    });
    expect(timeline).toMatchObject({ state: 'running', outcome: null, endedAt: null });
    expect(timeline.awaited).toEqual([
      {
        step: 'reserve-inventory',
        service: 'inventory',
        since: exampleTime(1),
        givenUp: { eventId: stuck[1]!.eventId, code: 'step-failed', cause: 'TypeError: no', at: expect.any(String) },
      },
    ]);
  });

  it('lists sagas by state and duration, page by page', async () => {
    await publish(...cancelled.map((event) => exampleRecord(event)));
    await ended(orderId(2));
    const ids = async (query: string) =>
      (await get(`/sagas?${query}`)).body.sagas.map((saga: { orderId: string }) => saga.orderId);
    expect(await ids('')).toEqual([1, 2, 3].map(orderId));
    expect(await ids('state=CANCELLED')).toEqual([orderId(2)]);
    expect(await ids('state=running')).toEqual([orderId(3)]);
    expect(await ids('older-than=60')).toEqual([orderId(3)]);
    expect(await ids('state=COMPLETED&older-than=4.5')).toEqual([orderId(1)]);
    expect(await ids('state=COMPLETED&older-than=60')).toEqual([]);
    const first = await get('/sagas?limit=2');
    expect(first.body.sagas).toHaveLength(2);
    const second = await get(`/sagas?limit=2&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ sagas: [{ orderId: orderId(3), state: 'running' }], next: null });
    expect(second.body.sagas[0].awaited).toMatchObject({ step: 'reserve-inventory', service: 'inventory' });
  });

  it('rejects invalid requests', async () => {
    expect((await get(`/timeline/${orderId(99)}`)).body.type).toBe('urn:quadrille:problem:unknown-order');
    expect((await get('/timeline/seven')).status).toBe(400);
    expect((await get('/sagas?state=asleep')).status).toBe(422);
    expect((await get('/sagas?cursor=none-of-ours')).status).toBe(400);
    expect((await get('/events?orderId=seven')).status).toBe(400);
    expect((await get(`/events?orderId=${orderId(1)}&orderId=seven`)).status).toBe(400);
  });

  it('stores unreadable records with their cause, and continues to read', async () => {
    const [created] = exampleHistory(endingNamed('PaymentFailed').path, orderId(4));
    await publish({ ...exampleRecord(created!), headers: {}, value: 'garbage' });
    await publish({ ...exampleRecord(created!), value: `{"deep":${'['.repeat(150_000)}${']'.repeat(150_000)}}` });
    await publish(
      ...exampleHistory(endingNamed('PaymentFailed').path, orderId(5)).map((event) => exampleRecord(event)),
    );
    await ended(orderId(5));
    const { body } = await until(async () => {
      const found = await get('/unreadable-records');
      return found.body.records.length >= 2 && found;
    });
    expect(body.records.map(({ code }: { code: string }) => code).sort()).toEqual([
      'refused-by-database',
      'unknown-type',
    ]);
  });

  it('streams new events, to readers of all orders and of one', async () => {
    const all = await listen('/events', (text) => text.split('saga-event').length > 6);
    const one = await listen(`/events?orderId=${orderId(6)}`, (text) => text.split('saga-event').length > 3);
    expect(all.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    for (const order of [orderId(6), orderId(7)]) {
      await publish(...exampleHistory(endingNamed('PaymentFailed').path, order).map((event) => exampleRecord(event)));
    }
    expect(await all.reading).toContain(orderId(7));
    const text = await one.reading;
    expect(text).not.toContain(orderId(7));
    expect(text.match(/"event":"\w+"/g)?.sort()).toEqual([
      '"event":"OrderCancelled"',
      '"event":"OrderCreated"',
      '"event":"PaymentFailed"',
    ]);
  });

  /** The text of a position, as a browser sends it. */
  const place = async (seq: number) => {
    const { rows } = await pool.query('select left(life::text, 8) as life from generation');
    return `${rows[0].life}-${seq}`;
  };

  it.each([
    ['of an earlier life', async () => '00000000-1'],
    ['that is still to come', () => place(999_999)],
    ['that is empty', async () => ''],
    ...['0x10', '1e3', '1e9', '7'].map((id) => [`that is ${id}`, async () => id] as const),
  ])('sends a reset to a reader with an id %s, and continues from now', async (_, id) => {
    const { reading } = await listen('/events', (text) => text.includes('event: reset'), {
      'last-event-id': await id(),
    });
    const { rows } = await pool.query('select max(seq) as seq from saga_events');
    expect(await reading).toBe(`retry: 2000\n\nid: ${await place(rows[0].seq)}\nevent: reset\ndata: {}\n\n`);
  });

  it('sends readers that reconnect under load no event out of order, none twice, and misses none', async () => {
    const orders = Array.from({ length: 60 }, (_, nth) => orderId(1_000 + nth));
    const path = endingNamed('PaymentFailed').path;
    const seen: string[] = [];
    let over = false;
    const readAll = async () => {
      // Disconnects after a few events, again and again, and continues from its position.
      let last = await place(Number((await pool.query('select max(seq) as seq from saga_events')).rows[0].seq));
      while (!over) {
        const { reading } = await listen('/events', (text) => over || text.split('\n\n').length > 8, {
          'last-event-id': last,
        });
        const text = await reading;
        expect(text).not.toMatch(/event: (reset|skipped)/);
        const ids = [...text.matchAll(/^id: (\S+)$/gm)].map(([, id]) => id!);
        seen.push(...ids);
        last = ids.at(-1) ?? last;
      }
    };
    const publishing = (async () => {
      for (const order of orders) await publish(...exampleHistory(path, order).map((event) => exampleRecord(event)));
      await Promise.all(orders.map(ended));
    })();
    // A permanent reader, so that polls continue while others connect.
    const steady = await listen('/events', () => over);
    const reading = readAll();
    await publishing;
    await until(async () => {
      const { rows } = await pool.query('select max(seq) as seq from saga_events');
      // A last event, so that the stream ends.
      over = seen.at(-1)?.endsWith(`-${rows[0].seq}`) ?? false;
      return over;
    });
    await publish(...exampleHistory(path, orderId(2_000)).map((event) => exampleRecord(event)));
    await Promise.all([reading, steady.reading]);
    const seqs = seen.map((id) => Number(id.split('-')[1]));
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    const { rows } = await pool.query('select seq from saga_events where seq between $1 and $2 order by seq', [
      seqs[0],
      seqs.at(-1),
    ]);
    expect(seqs).toEqual(rows.map(({ seq }) => Number(seq)));
    expect(seqs.length).toBeGreaterThanOrEqual(orders.length * 3);
  });

  it('sends the missed events to a reader that reconnects', async () => {
    const seen = await listen(`/events?orderId=${orderId(6)}`, (text) => text.split('saga-event').length > 3, {
      'last-event-id': await place(0),
    });
    const ids = [...(await seen.reading).matchAll(/^id: (\S+)$/gm)].map(([, id]) => id!);
    expect(ids).toHaveLength(3);
    const rest = await listen(`/events?orderId=${orderId(6)}`, (text) => text.split('saga-event').length > 2, {
      'last-event-id': ids[0]!,
    });
    expect((await rest.reading).match(/^id: (\S+)$/gm)).toEqual(ids.slice(1).map((id) => `id: ${id}`));
  });

  it('answers waiting requests at once with the first event, and others with 503', async () => {
    const orders = Array.from({ length: 25 }, (_, nth) => orderId(3_000 + nth));
    const refused: string[] = [];
    const waiting = orders.map(async (order) => {
      const { status, body } = await get(`/timeline/${order}?waitSeconds=20`);
      if (status === 503) refused.push(body.type);
      return status;
    });
    await until(async () => refused.length === 5);
    expect(new Set(refused)).toEqual(new Set(['urn:quadrille:problem:too-many-readers']));
    await publish(...orders.map((order) => exampleRecord(exampleHistory(completedPath, order)[0]!)));
    expect((await Promise.all(waiting)).filter((status) => status === 200)).toHaveLength(20);
  });

  it('answers 503 beyond the limit of readers', async () => {
    const over = new AbortController();
    const open = async () => {
      const answer = await fetch(`${service.url}/events`, { signal: over.signal });
      return answer.status;
    };
    const last = await until(async () => (await open()) === 503 && (await get('/events')));
    expect([last.status, last.body.type]).toEqual([503, 'urn:quadrille:problem:too-many-readers']);
    over.abort();
    await until(async () => {
      const again = new AbortController();
      const { status } = await fetch(`${service.url}/events`, { signal: again.signal });
      again.abort();
      return status === 200;
    });
  });

  it('reads everything again from the beginning after a rebuild', async () => {
    const before = await get('/sagas?limit=500');
    const garbage = (await get('/unreadable-records')).body.records.length;
    const { reading } = await listen('/events', (text) => text.includes('event: reset'));
    const client = await pool.connect();
    await client.query('begin');
    await beginAnew({ query: (text, values = []) => client.query(text, [...values]) });
    await client.query('commit');
    client.release();
    expect((await get('/sagas')).body.sagas).toEqual([]);
    expect(await reading).toContain('event: reset');
    await until(async () => isDeepStrictEqual((await get('/sagas?limit=500')).body, before.body));
    expect((await get('/unreadable-records')).body.records).toHaveLength(garbage);
  });

  it('describes its API for browsers and programs', async () => {
    const page = await fetch(service.url, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('<title>Quadrille');
    const { body } = await get('/openapi.json');
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/timeline/{orderId}', '/sagas', '/events', '/unreadable-records']),
    );
    expect(
      body.paths['/timeline/{orderId}'].get.responses['200'].content['application/json'].schema.properties,
    ).toHaveProperty('links');
  });

  it('ends its streams at shutdown, and stops in order', async () => {
    const { reading } = await listen('/events', () => false);
    const cut = reading.catch((error: Error) => error.message);
    expect(await service.stop()).toBe(true);
    expect(await cut).toBe('terminated');
  });
});
