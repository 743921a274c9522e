import { describe, expect, it } from '@jest/globals';
import { WorkHealth } from './work-health.js';

const failure = (message: string, code: string) => Object.assign(new Error(message), { code });
const AWAY = failure('terminating connection', '57P01');
const MISSING = failure('relation "pots" does not exist', '42P01');
const SECOND = 1_000;

function watched() {
  const lines: string[] = [];
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  const log = (level: string) => (_: object, message: string) => void lines.push(`${level}: ${message}`);
  const health = new WorkHealth({ info: log('info'), warn: log('warn'), error: log('error') } as never, () => now);
  const pass = (ms: number) => {
    now += ms;
  };
  return { health, lines, pass };
}

describe('the health of work', () => {
  it('is good again after the next success, and has its time', () => {
    const { health, pass } = watched();
    health.failed('batches', MISSING);
    pass(SECOND);
    health.succeeded('batches');
    expect(health.states()).toEqual({ batches: { ok: true, lastSuccessAt: '2026-01-01T00:00:01.000Z' } });
  });

  it('is bad at once when no work is possible, with the cause', () => {
    const { health } = watched();
    health.failed('batches', MISSING);
    health.failed('batches', MISSING);
    expect(health.states().batches).toEqual({
      ok: false,
      failures: 2,
      scope: 'deployment',
      cause: 'relation "pots" does not exist',
    });
  });

  it('is bad after a while of failures when a connection broke', () => {
    const { health, pass } = watched();
    for (let second = 0; second < 29; second++, pass(SECOND)) health.failed('deadlines', AWAY);
    expect(health.states().deadlines?.ok).toBe(true);
    for (let second = 0; second < 2; second++, pass(SECOND)) health.failed('deadlines', AWAY);
    expect(health.states().deadlines?.ok).toBe(false);
    // Work that is no longer tried, such as a command of a disconnected caller, does not count.
    pass(30 * SECOND);
    expect(health.states().deadlines?.ok).toBe(true);
    expect(health.isFailing('deadlines')).toBe(false);
  });

  it('is good after an outage as soon as other work succeeds, and not for a missing table', () => {
    const { health, pass } = watched();
    health.failed('deadlines', failure('the database system is starting up', '57P03'));
    health.failed('redrive', MISSING);
    expect([health.states().deadlines?.ok, health.states().redrive?.ok]).toEqual([false, false]);
    pass(SECOND);
    health.succeeded('batches');
    expect([health.states().deadlines?.ok, health.states().redrive?.ok]).toEqual([true, false]);
  });

  it('is logged once and not a thousand times, and logged when it ends', () => {
    const { health, lines } = watched();
    for (let nth = 0; nth < 1_000; nth++) health.failed('batches', MISSING);
    health.succeeded('batches');
    health.succeeded('batches');
    expect(lines).toEqual([expect.stringContaining('error: the database does not match'), 'info: work resumed']);
  });
});
