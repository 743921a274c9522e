import { describe, expect, it } from '@jest/globals';
import type { AuditReport } from '@quadrille/audit';
import { plain } from '@quadrille/operate/terminal/paint';
import { inWords } from './in-words.js';

const NOW = Date.parse('2026-01-01T00:01:00.000Z');
const MONEY = 'every ledger transaction sums to 0';

const judged = (changes: Partial<AuditReport> = {}): AuditReport => ({
  verdict: 'holds',
  promises: [{ promise: MONEY, verdict: 'holds', checked: { transactions: 1, violations: 0 }, violations: [] }],
  pending: { openSagas: 0, oldestPlacedAt: null, unsent: 0, unconsumed: 0, parked: 0 },
  notJudged: [],
  at: new Date(NOW).toISOString(),
  tookMs: 1,
  ...changes,
});
const pending = { ...judged().pending, openSagas: 1, oldestPlacedAt: new Date(NOW - 12_000).toISOString() };

describe('the audit in words', () => {
  it('reports that all promises hold, and the open sagas', () => {
    expect(inWords(judged(), plain, NOW)).toBe(`✓ ${MONEY} (transactions 1, violations 0)\n\nAll 1 promises hold.`);
    expect(inWords(judged({ pending }), plain, NOW)).toContain('1 sagas are open, the oldest since 12.0 s');
  });

  it('reports the data that were not checked, next to the verdict on all others', () => {
    const text = inWords(
      judged({ notJudged: ['12 events beyond the retention of the topics were not checked'] }),
      plain,
      NOW,
    );
    expect(text).toBe(
      `✓ ${MONEY} (transactions 1, violations 0)\nNot judged: 12 events beyond the retention of the topics were not checked.\n\nAll 1 promises hold.`,
    );
  });

  it('lists the violations of a promise', () => {
    const promises = [
      {
        promise: MONEY,
        verdict: 'broken' as const,
        checked: { violations: 1 },
        violations: ['transaction 9 sums to 3'],
      },
    ];
    expect(inWords(judged({ verdict: 'broken', promises }), plain, NOW)).toBe(
      `✗ ${MONEY} (violations 1)\n    transaction 9 sums to 3\n\n1 of 1 promises are broken.`,
    );
  });

  it('reports the open sagas if it cannot judge yet', () => {
    const promises = [{ ...judged().promises[0]!, verdict: 'open' as const }];
    expect(inWords(judged({ verdict: 'open', promises, pending }), plain, NOW)).toContain(
      '1 of 1 promises cannot be judged yet: 1 sagas are open, the oldest since 12.0 s (quadrille stuck lists them)',
    );
  });
});
