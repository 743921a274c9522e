import { describe, expect, it } from '@jest/globals';
import type { DeadLetterOf } from '../dead-letters.js';
import type { Timeline } from '../timeline.js';
import { diagnose, isTroubled } from './diagnose.js';
import type { Facts, Part } from './facts.js';

const NOW = Date.parse('2026-01-01T00:01:00.000Z');
const ago = (ms: number) => new Date(NOW - ms).toISOString();
const ORDER = '0199';

const PARTS: Readonly<Record<string, Part>> = {
  database: { ok: true },
  consumer: { ok: true, state: 'running', assigned: 6, inFlight: 0, wedged: false },
  relay: { ok: true, heldShards: 16, consecutiveFailures: 0, paused: false },
};
const well = { answers: true, parts: PARTS };
const gone = { answers: false, parts: {} };
const withPart = (name: string, part: Part) => ({ answers: true, parts: { ...PARTS, [name]: part } });

const timeline = (waitsMs: number, changes: Partial<Timeline> = {}): Timeline => ({
  ...{ orderId: ORDER, state: 'running', outcome: null, startedAt: ago(waitsMs), endedAt: null, links: [] },
  awaited: [{ step: 'reserve-inventory', service: 'inventory', since: ago(waitsMs), givenUp: null }],
  afterwards: [],
  ...changes,
});

const facts = (changes: Partial<Facts> = {}): Facts => ({
  orderId: ORDER,
  timeline: timeline(20_000),
  order: { status: 'PLACED', placedAt: ago(20_000) },
  letters: [],
  now: NOW,
  ...changes,
  services: { storefront: well, order: well, inventory: well, 'payment-provider': well, ...changes.services },
});

const letter = (changes: Partial<DeadLetterOf>): DeadLetterOf => ({
  ...{ service: 'inventory', id: '7', step: 'reserve-inventory', messageId: 'm', key: ORDER, state: 'dead' },
  ...{ code: 'database', cause: 'violates "broken"\nat …', attempts: 5, dueAt: null, parkedAt: ago(10_000) },
  ...changes,
});

const only = (given: Facts) => {
  const { findings } = diagnose(given);
  expect(findings).toHaveLength(1);
  return findings[0]!;
};

describe('the doctor on a step that is awaited', () => {
  it('names step and service when the service is down', () => {
    expect(only(facts({ services: { inventory: gone } }))).toEqual({
      cause: 'service-down',
      step: 'reserve-inventory',
      service: 'inventory',
      since: ago(20_000),
      says: 'inventory does not answer, so no instance processes reserve-inventory.',
      next: 'Start inventory again; the order goes on by itself.',
    });
  });

  it('names the dead letter with its cause, and the command that redrives it', () => {
    const found = only(facts({ letters: [letter({}), letter({ id: '8', state: 'queued' })] }));
    expect(found.cause).toBe('dead-letter');
    expect(found.says).toBe(
      'inventory gave up reserve-inventory after 5 attempts, dead letter 7 (database: violates "broken").',
    );
    expect(found.next).toContain('quadrille dead-letters redrive 7 --service inventory');
  });

  it.each([
    ['retrying', { code: 'step-failed', cause: 'boom', attempts: 2 }, 'reserve-inventory failed 2 times in inventory'],
    ['provider-away', { code: 'outside-unavailable', cause: 'no answer' }, 'does not reach the outside world'],
  ] as const)('is %s when the message is tried again', (cause, changes, says) => {
    const found = only(facts({ letters: [letter({ state: 'retrying', dueAt: ago(-3_000), ...changes })] }));
    expect(found.cause).toBe(cause);
    expect(found.says).toContain(says);
    expect(found.says).toContain(`next at ${ago(-3_000)}`);
  });

  it.each([
    ['locked', 'A transaction holds rows', 'pg_stat_activity'],
    ['store-failed', 'A store threw', 'Mend the row that the cause names'],
    ['unreadable-bug', 'The code that reads messages threw', 'Mend the code that threw'],
    ['unknown-step', 'has no such step', 'Deploy a build that has the step'],
    ['invalid-data', 'do not fit its schema', 'Mend the service that said the event'],
  ])('says what %s means of a dead letter, and what to do before it is redriven', (code, means, mend) => {
    const { says, next } = only(facts({ letters: [letter({ code })] }));
    expect(says).toContain(means);
    expect(next).toContain(mend);
    expect(next).toContain('quadrille dead-letters redrive 7 --service inventory');
  });

  it('says of rows that are locked who holds them up, and that the service does not give up', () => {
    const { cause, says, next } = only(facts({ letters: [letter({ state: 'retrying', code: 'locked' })] }));
    expect([cause, says]).toEqual(['retrying', expect.stringContaining('A transaction holds rows')]);
    expect(next).toMatch(/pg_blocking_pids.*tries again by itself, without end/);
  });

  it('says to start the provider when that is what does not answer', () => {
    const letters = [letter({ state: 'retrying', code: 'outside-unavailable' })];
    const { next } = only(facts({ letters, services: { 'payment-provider': gone } }));
    expect(next).toBe('Start payment-provider again; inventory tries again by itself.');
  });

  it.each([
    ['database-away', withPart('database', { ok: false }), 'The database of inventory does not answer.'],
    ['not-consuming', withPart('consumer', { ok: false, state: 'crashed' }), 'The consumer of inventory is crashed'],
    ['not-consuming', withPart('consumer', { ok: true, state: 'running', assigned: 0 }), 'inventory has no partition'],
    ['provider-away', withPart('carriers', { ok: true, circuit: 'open' }), 'inventory does not ask carriers'],
    ['not-relayed', withPart('relay', { ok: true, paused: true }), 'The relay of inventory is paused'],
    ['not-relayed', withPart('relay', { ok: true, consecutiveFailures: 3 }), 'failed 3 times in a row'],
  ])('is %s by the health of the service', (cause, inventory, says) => {
    const found = only(facts({ services: { inventory } }));
    expect(found.cause).toBe(cause);
    expect(found.says).toContain(says);
  });

  it('is patient for a moment, then says that the service is silent', () => {
    const fresh = diagnose(facts({ timeline: timeline(800) }));
    expect(fresh.findings.map(({ cause, says }) => [cause, says])).toEqual([
      ['under-way', 'reserve-inventory of inventory is under way since 800 ms.'],
    ]);
    expect(isTroubled(fresh)).toBe(false);
    expect(only(facts()).cause).toBe('silent');
    expect(isTroubled(diagnose(facts()))).toBe(true);
  });

  it('says how far behind the service is, in records of each topic', () => {
    const workload = {
      outbox: { rows: 0, oldestAgeSeconds: 0 },
      lag: { 'quadrille.payment.v1': 312, 'quadrille.order.v1': 0 },
    };
    const found = only(facts({ services: { inventory: { ...well, workload } } }));
    expect(found.cause).toBe('behind');
    expect(found.says).toContain('its group has not taken 312 of quadrille.payment.v1');
    expect(found.numbers).toEqual({ lag: { 'quadrille.payment.v1': 312 } });
  });

  it('says how much waits in an outbox that is not relayed, and for how long', () => {
    const workload = { outbox: { rows: 7, oldestAgeSeconds: 12 }, lag: null };
    const found = only(
      facts({ services: { inventory: { ...withPart('relay', { ok: true, paused: true }), workload } } }),
    );
    expect(found.says).toBe(
      'The relay of inventory is paused: what it says stays in its outbox (7 rows, the oldest for 12.0 s).',
    );
    expect(found.numbers).toEqual({ outboxRows: 7, outboxOldestSeconds: 12 });
  });

  it('leaves letters of other services to those', () => {
    expect(only(facts({ letters: [letter({ service: 'shipping' })] })).cause).toBe('silent');
  });
});

describe('the doctor on an order', () => {
  it('finds nothing when it has ended and nothing comes afterwards', () => {
    const ended = timeline(20_000, { state: 'COMPLETED', outcome: 'COMPLETED', endedAt: ago(1), awaited: [] });
    expect(diagnose(facts({ timeline: ended }))).toEqual({ orderId: ORDER, state: 'COMPLETED', findings: [] });
  });

  it('finds what should come after the ending and does not', () => {
    const afterwards = [{ step: 'commit-inventory', service: 'inventory', since: ago(9_000), givenUp: null }];
    const ended = timeline(20_000, { state: 'COMPLETED', outcome: 'COMPLETED', awaited: [], afterwards });
    const found = only(facts({ timeline: ended, services: { inventory: gone } }));
    expect([found.step, found.cause]).toEqual(['commit-inventory', 'service-down']);
  });

  it('names the relay when the storefront has read nothing of an accepted order', () => {
    const { timeline: _, ...unread } = facts();
    const paused = withPart('relay', { ok: true, paused: true });
    const found = only({ ...unread, services: { ...unread.services, order: paused } });
    expect([found.service, found.cause]).toEqual(['order', 'not-relayed']);
  });

  it('knows an unknown order from one that the storefront has not read', () => {
    const { timeline: _, ...unread } = facts();
    expect(only(unread).cause).toBe('unread');
    expect(only({ ...unread, order: null }).cause).toBe('unknown-order');
    expect(only({ ...unread, services: { ...unread.services, storefront: gone } }).service).toBe('storefront');
  });

  it('believes the order service when the storefront is behind', () => {
    const diagnosis = diagnose(facts({ order: { status: 'COMPLETED' } }));
    expect([diagnosis.state, diagnosis.findings[0]?.cause]).toEqual(['COMPLETED', 'unread']);
  });
});
