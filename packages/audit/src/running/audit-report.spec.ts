import { describe, expect, it } from '@jest/globals';
import { verdict } from '../verdict.js';
import { auditReportOf, type Findings } from './audit-report.js';

const AT = new Date('2026-01-01T00:00:00.000Z');
const sound = Array.from({ length: 7 }, (_, at) => verdict(`promise ${at + 1}`, {}, []));

const found = (changes: Partial<Findings> = {}): Findings => ({
  ...{ verdicts: sound, unconsumed: 0, notJudged: [], sinceBegin: { sagas: 0, events: 0 }, at: AT, tookMs: 1 },
  waiting: { openSagas: 0, oldestPlacedAt: null, unsent: 0, parked: 0, unsendable: new Map() },
  ...changes,
});
const openIn = (changes: Partial<Findings>) =>
  auditReportOf(found(changes)).promises.flatMap((promise, at) => (promise.verdict === 'open' ? [at + 1] : []));

describe('the verdict on a running system', () => {
  it('holds with open sagas that began after the audit', () => {
    const judged = auditReportOf(found({ waiting: { ...found().waiting, openSagas: 3, unsent: 2 } }));
    expect([judged.verdict, judged.pending.openSagas, judged.pending.unsent]).toEqual(['holds', 3, 2]);
  });

  it('is open until all work that was in progress when the audit began has ended', () => {
    expect(openIn({ sinceBegin: { sagas: 1, events: 0 } })).toEqual([1]);
    expect(openIn({ sinceBegin: { sagas: 0, events: 1 } })).toEqual([6]);
    expect(auditReportOf(found({ sinceBegin: { sagas: 1, events: 0 } })).verdict).toBe('open');
  });

  it('is broken at once, regardless of work in progress', () => {
    const verdicts = sound.with(3, verdict('stock', {}, ['a piece is missing']));
    const judged = auditReportOf(found({ verdicts, sinceBegin: { sagas: 1, events: 1 } }));
    expect(judged.verdict).toBe('broken');
    expect(judged.promises[3]).toMatchObject({ verdict: 'broken', violations: ['a piece is missing'] });
  });
});
