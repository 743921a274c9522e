import { describe, expect, it } from '@jest/globals';
import { type AuditVerdict, conclusionOf, pendingOf } from './verdict.js';

const promise = (verdict: 'holds' | 'broken' | 'open') => ({ promise: 'p', verdict, checked: {}, violations: [] });
const rest = { openSagas: 0, oldestPlacedAt: null, unsent: 0, unconsumed: 0, parked: 0 };
const verdictWith = (
  verdict: AuditVerdict['verdict'],
  promises: AuditVerdict['promises'],
  pending = rest,
): AuditVerdict => ({
  verdict,
  promises,
  pending,
  at: '2026-01-01T00:00:00.000Z',
  tookMs: 5,
  error: null,
  notJudged: [],
});

describe('the words of an audit', () => {
  it('has the number of promises that hold, are broken or cannot be judged', () => {
    expect(conclusionOf(verdictWith('holds', [promise('holds'), promise('holds')]))).toBe('All 2 promises hold.');
    expect(conclusionOf(verdictWith('broken', [promise('broken'), promise('open')]))).toBe(
      '1 of 2 promises is broken.',
    );
    expect(conclusionOf(verdictWith('open', [promise('open'), promise('open')]))).toBe(
      '2 of 2 promises cannot be judged yet.',
    );
  });

  it('marks an outdated verdict', () => {
    const last = { ...verdictWith('holds', [promise('holds')]), error: 'Kafka is away' };
    expect(conclusionOf(last)).toBe('The current state is unknown. Last audit: All 1 promises hold.');
  });

  it('lists unfinished work, and nothing for a system at rest', () => {
    expect(pendingOf(verdictWith('holds', []))).toEqual([]);
    expect(pendingOf(verdictWith('open', [], { ...rest, openSagas: 1, parked: 3 }))).toEqual([
      '1 saga is running',
      '3 messages are parked',
    ]);
  });
});
