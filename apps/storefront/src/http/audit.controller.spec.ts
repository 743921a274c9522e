import { describe, expect, it } from '@jest/globals';
import { auditedIn } from './audit.controller.js';

describe('what the auditor answers', () => {
  it('is passed on as it is', () => {
    const body = { verdict: 'holds', error: null };
    expect(auditedIn({ status: 200, body })).toEqual({ configured: true, judged: body, why: null });
  });
  it('may be that nothing is known: the last verdict is told, since when there is none newer, and why', () => {
    const facts = { error: 'Kafka is away', since: '2026-01-01T00:00:00.000Z' };
    const body = { verdict: 'unknown', ...facts, last: { verdict: 'holds', promises: [] } };
    const judged = { verdict: 'holds', promises: [], ...facts };
    expect(auditedIn({ status: 503, body })).toEqual({ configured: true, judged, why: 'Kafka is away' });
  });
  it.each([
    ['has not looked yet', { status: 503, body: { verdict: 'unknown', error: null } }, 'It has not looked yet.'],
    ['could not look', { status: 503, body: { error: 'no broker' } }, 'It cannot look yet: no broker'],
    ['does not answer', 'down' as const, 'The auditor does not answer.'],
  ])('is no verdict when it %s', (_, answer, why) => {
    expect(auditedIn(answer)).toEqual({ configured: true, judged: null, why });
  });
});
