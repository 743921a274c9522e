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
  consumer: { ok: true, state: 'running', assigned: 6, inFlight: 0, stalled: false },
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

describe('the doctor on an awaited step', () => {
  it('names step and service if the service is down', () => {
    expect(only(facts({ services: { inventory: gone } }))).toEqual({
      cause: 'service-down',
      step: 'reserve-inventory',
      service: 'inventory',
      since: ago(20_000),
      message: 'inventory does not answer, so no instance processes reserve-inventory.',
      next: 'Start inventory again; the order continues automatically.',
    });
  });

  it('names the dead letter with its cause, and the command that redrives it', () => {
    const found = only(facts({ letters: [letter({}), letter({ id: '8', state: 'queued' })] }));
    expect(found.cause).toBe('dead-letter');
    expect(found.message).toBe(
      'inventory gave up reserve-inventory after 5 attempts, dead letter 7 (database: violates "broken").',
    );
    expect(found.next).toContain('quadrille dead-letters redrive 7 --service inventory');
  });

  it.each([
    ['retrying', { code: 'step-failed', cause: 'boom', attempts: 2 }, 'reserve-inventory failed 2 times in inventory'],
    ['gateway-unavailable', { code: 'gateway-unavailable', cause: 'no answer' }, 'cannot reach its gateway'],
  ] as const)('is %s if the message is retried', (cause, changes, message) => {
    const found = only(facts({ letters: [letter({ state: 'retrying', dueAt: ago(-3_000), ...changes })] }));
    expect(found.cause).toBe(cause);
    expect(found.message).toContain(message);
    expect(found.message).toContain(`next at ${ago(-3_000)}`);
  });

  it.each([
    ['locked', 'A transaction holds rows', 'pg_stat_activity'],
    ['store-failed', 'A store threw', 'Fix the row that the cause names'],
    ['unreadable-bug', 'The code that reads messages threw', 'Fix the code that threw'],
    ['unknown-step', 'has no such step', 'Deploy a build that has the step'],
    ['invalid-data', 'do not fit its schema', 'Fix the service that emitted the event'],
  ])('explains %s of a dead letter, and names the remedy before a redrive', (code, means, mend) => {
    const { message, next } = only(facts({ letters: [letter({ code })] }));
    expect(message).toContain(means);
    expect(next).toContain(mend);
    expect(next).toContain('quadrille dead-letters redrive 7 --service inventory');
  });

  it('explains locked rows, and that the service retries without a limit', () => {
    const { cause, message, next } = only(facts({ letters: [letter({ state: 'retrying', code: 'locked' })] }));
    expect([cause, message]).toEqual(['retrying', expect.stringContaining('A transaction holds rows')]);
    expect(next).toMatch(/pg_blocking_pids.*retries automatically, without a limit/);
  });

  it('advises to start the provider if it does not answer', () => {
    const letters = [letter({ state: 'retrying', code: 'gateway-unavailable' })];
    const { next } = only(facts({ letters, services: { 'payment-provider': gone } }));
    expect(next).toBe('Start payment-provider again; inventory retries automatically.');
  });

  it.each([
    ['database-unavailable', withPart('database', { ok: false }), 'The database of inventory does not answer.'],
    ['not-consuming', withPart('consumer', { ok: false, state: 'crashed' }), 'The consumer of inventory is crashed'],
    ['not-consuming', withPart('consumer', { ok: true, state: 'running', assigned: 0 }), 'inventory has no partition'],
    ['gateway-unavailable', withPart('carriers', { ok: true, circuit: 'open' }), 'inventory does not call carriers'],
    ['not-relayed', withPart('relay', { ok: true, paused: true }), 'The relay of inventory is paused'],
    ['not-relayed', withPart('relay', { ok: true, consecutiveFailures: 3 }), 'failed 3 times in a row'],
  ])('is %s by the health of the service', (cause, inventory, message) => {
    const found = only(facts({ services: { inventory } }));
    expect(found.cause).toBe(cause);
    expect(found.message).toContain(message);
  });

  it('reports a step as under way for a moment, then the service as silent', () => {
    const fresh = diagnose(facts({ timeline: timeline(800) }));
    expect(fresh.findings.map(({ cause, message }) => [cause, message])).toEqual([
      ['under-way', 'reserve-inventory of inventory is under way since 800 ms.'],
    ]);
    expect(isTroubled(fresh)).toBe(false);
    expect(only(facts()).cause).toBe('silent');
    expect(isTroubled(diagnose(facts()))).toBe(true);
  });

  it('reports the lag of the service, in records per topic', () => {
    const workload = {
      outbox: { rows: 0, oldestAgeSeconds: 0 },
      lag: { 'quadrille.payment.authorized': 312, 'quadrille.order.completed': 0 },
    };
    const found = only(facts({ services: { inventory: { ...well, workload } } }));
    expect(found.cause).toBe('consumer-lag');
    expect(found.message).toContain('the lag of its group is 312 of quadrille.payment.authorized');
    expect(found.numbers).toEqual({ lag: { 'quadrille.payment.authorized': 312 } });
  });

  it('reports the number and age of rows in an outbox that is not relayed', () => {
    const workload = { outbox: { rows: 7, oldestAgeSeconds: 12 }, lag: null };
    const found = only(
      facts({ services: { inventory: { ...withPart('relay', { ok: true, paused: true }), workload } } }),
    );
    expect(found.message).toBe(
      'The relay of inventory is paused: its events stay in the outbox (7 rows, the oldest for 12.0 s).',
    );
    expect(found.numbers).toEqual({ outboxRows: 7, outboxOldestSeconds: 12 });
  });

  it('ignores dead letters of other services', () => {
    expect(only(facts({ letters: [letter({ service: 'shipping' })] })).cause).toBe('silent');
  });
});

describe('the doctor on an order', () => {
  it('finds nothing if it has ended and no follow-up is awaited', () => {
    const ended = timeline(20_000, { state: 'COMPLETED', outcome: 'COMPLETED', endedAt: ago(1), awaited: [] });
    expect(diagnose(facts({ timeline: ended }))).toEqual({ orderId: ORDER, state: 'COMPLETED', findings: [] });
  });

  it('finds a missing follow-up of the ending', () => {
    const afterwards = [{ step: 'commit-inventory', service: 'inventory', since: ago(9_000), givenUp: null }];
    const ended = timeline(20_000, { state: 'COMPLETED', outcome: 'COMPLETED', awaited: [], afterwards });
    const found = only(facts({ timeline: ended, services: { inventory: gone } }));
    expect([found.step, found.cause]).toEqual(['commit-inventory', 'service-down']);
  });

  it('names the relay if the storefront has read no event of an accepted order', () => {
    const { timeline: _, ...unread } = facts();
    const paused = withPart('relay', { ok: true, paused: true });
    const found = only({ ...unread, services: { ...unread.services, order: paused } });
    expect([found.service, found.cause]).toEqual(['order', 'not-relayed']);
  });

  it('distinguishes an unknown order from one that the storefront has not read', () => {
    const { timeline: _, ...unread } = facts();
    expect(only(unread).cause).toBe('unread');
    expect(only({ ...unread, order: null }).cause).toBe('unknown-order');
    expect(only({ ...unread, services: { ...unread.services, storefront: gone } }).service).toBe('storefront');
  });

  it('uses the state of the order service if the storefront lags behind', () => {
    const diagnosis = diagnose(facts({ order: { status: 'COMPLETED' } }));
    expect([diagnosis.state, diagnosis.findings[0]?.cause]).toEqual(['COMPLETED', 'unread']);
  });
});
