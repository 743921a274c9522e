import { describe, expect, it } from '@jest/globals';
import { auditedIn } from './audit.controller.js';

describe("the auditor's response", () => {
  it('is returned unchanged', () => {
    const body = { verdict: 'holds', error: null };
    expect(auditedIn({ status: 200, body })).toEqual({ configured: true, judged: body, why: null });
  });
  it('may be unknown: the last verdict is returned, with its time and the reason for no newer one', () => {
    const facts = { error: 'Kafka is away', since: '2026-01-01T00:00:00.000Z' };
    const body = { verdict: 'unknown', ...facts, last: { verdict: 'holds', promises: [] } };
    const judged = { verdict: 'holds', promises: [], ...facts };
    expect(auditedIn({ status: 503, body })).toEqual({ configured: true, judged, why: 'Kafka is away' });
  });
  it.each([
    ['has not audited yet', { status: 503, body: { verdict: 'unknown', error: null } }, 'The auditor has not run yet.'],
    ['could not audit', { status: 503, body: { error: 'no broker' } }, 'The auditor cannot run yet: no broker'],
    ['does not respond', 'down' as const, 'The auditor does not respond.'],
  ])('is no verdict if it %s', (_, answer, why) => {
    expect(auditedIn(answer)).toEqual({ configured: true, judged: null, why });
  });
});
