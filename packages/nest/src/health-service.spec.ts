import { describe, expect, it } from '@jest/globals';
import type { KafkaHealth } from '@quadrille/kafka';
import { HealthService } from './health-service.js';

const NOW = 1_000_000;
const running: KafkaHealth = {
  state: 'running',
  lastActivityAt: NOW - 100,
  assigned: 6,
  inFlight: 0,
  stalled: false,
  unavailableTopics: [],
  failing: [],
  recordsLost: 0,
};

const pool = (answers: boolean) =>
  ({
    totalCount: 1,
    idleCount: 1,
    waitingCount: 0,
    connect: async () => {
      if (!answers) throw new Error('connect ECONNREFUSED');
      return { query: async () => ({ rows: [{ writable: true }] }), release() {}, on() {}, off() {} };
    },
  }) as never;

const serviceHealth = (consumer?: Partial<KafkaHealth>, database = true, relay: object = {}) => {
  const taken = new HealthService({
    service: 'order',
    pool: pool(database),
    silentAfterMs: 5_000,
    ...(consumer && { consumer: { health: () => ({ ...running, ...consumer }) } }),
    relay: { health: () => ({ ok: true, hangs: false, silentForMs: 0, ...relay }) },
  });
  taken.serving = true;
  return taken;
};

describe('liveness', () => {
  it('holds for a process without a consumer', async () => {
    expect((await serviceHealth().live(NOW)).ok).toBe(true);
  });

  it.each([
    ['fetches or heartbeats', {}, true],
    ['was silent for too long', { lastActivityAt: NOW - 6_000 }, false],
    ['accumulates records', { stalled: true }, false],
    ['was given up', { state: 'crashed' }, false],
    ['waits for its broker, for any time', { state: 'starting', lastActivityAt: 0 }, true],
  ] as const)('of a consumer that %s', async (_, health, ok) => {
    expect((await serviceHealth(health).live(NOW)).ok).toBe(ok);
  });

  it('does not depend on the database, even if records accumulate because of it: a restart would not help', async () => {
    expect((await serviceHealth({ stalled: true }, false).live(NOW)).ok).toBe(true);
  });
});

describe('a relay', () => {
  it('that sends nothing reports the cause, and stays ready: its events wait', async () => {
    const taken = serviceHealth({}, true, { ok: false, cause: 'Records wait, and none was acknowledged for 61 s.' });
    const health = await taken.ready();
    expect(health.ok).toBe(true);
    expect(health.parts.relay).toMatchObject({ ok: false, cause: expect.stringContaining('none was acknowledged') });
    expect((await taken.live(NOW)).ok).toBe(true);
  });

  it('whose loop hangs needs a new process', async () => {
    const health = await serviceHealth({}, true, { ok: false, hangs: true, silentForMs: 121_000 }).live(NOW);
    expect(health.ok).toBe(false);
    expect(health.parts.relay).toEqual({ ok: false, silentForMs: 121_000 });
    expect(health.parts.consumer?.ok).toBe(true);
  });
});

describe('the fault of one topic, partition or batch', () => {
  it('appears in liveness and readiness, and fails neither: a restart would not help, and requests do not depend on it', async () => {
    const taken = serviceHealth({
      unavailableTopics: ['quadrille.payment.v1'],
      failing: [{ topic: 't', partition: 3, offset: '7', error: 'does not fit its checksum', attempts: 4, since: NOW }],
      failingBatch: { places: ['t/0@1'], records: 1, attempts: 98, since: NOW, error: 'no such column' },
      recordsLost: 12,
    });
    for (const health of [await taken.live(NOW), await taken.ready()]) {
      expect(health.ok).toBe(true);
      expect(health.parts.consumer).toMatchObject({
        unavailableTopics: ['quadrille.payment.v1'],
        failing: [{ topic: 't', partition: 3, attempts: 4 }],
        failingBatch: { attempts: 98, error: 'no such column' },
        recordsLost: 12,
      });
    }
  });
});

describe('readiness', () => {
  it('holds when every part is ready', async () => {
    const health = await serviceHealth({}).ready();
    expect(health).toMatchObject({
      ok: true,
      service: 'order',
      parts: { boot: { ok: true }, database: { ok: true }, consumer: { ok: true, assigned: 6 }, relay: { ok: true } },
    });
  });

  it.each([
    ['the database does not answer', serviceHealth({}, false), 'database'],
    ['the consumer has not joined', serviceHealth({ state: 'starting' }), 'consumer'],
  ])('fails while %s', async (_, taken, part) => {
    const health = await taken.ready();
    expect(health.ok).toBe(false);
    expect(health.parts[part]?.ok).toBe(false);
  });

  it('fails before the end of the boot and once the service stops', async () => {
    const taken = serviceHealth({});
    taken.serving = false;
    expect((await taken.ready()).parts.boot).toEqual({ ok: false });
  });
});
