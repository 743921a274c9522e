import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { problemsOf } from './advisories.mjs';

/** A report of `npm audit --json` in npm 11: `kafkajs` has the advisory, and its dependents name `kafkajs`. */
const report = (severity: string) => ({
  auditReportVersion: 2,
  vulnerabilities: {
    kafkajs: {
      name: 'kafkajs',
      severity,
      via: [
        {
          source: 1,
          name: 'kafkajs',
          title: 'Reads past its end',
          url: 'https://github.com/advisories/GHSA-a',
          severity,
        },
      ],
    },
    '@quadrille/kafka': { name: '@quadrille/kafka', severity, via: ['kafkajs'] },
  },
});
const exception = { id: 'GHSA-a', package: 'kafkajs', reason: 'Brokers are ours.', expires: '2027-01-31' };

describe('the gate of known vulnerabilities', () => {
  it('fails for an advisory of high or critical severity, once', () => {
    for (const severity of ['high', 'critical']) {
      expect(problemsOf(report(severity), [], '2026-11-29')).toEqual([
        `kafkajs: Reads past its end (${severity}, GHSA-a, https://github.com/advisories/GHSA-a). Update it.`,
      ]);
    }
    expect(problemsOf(report('moderate'), [], '2026-11-29')).toEqual([]);
  });

  it('accepts an exception until the end of its last day', () => {
    expect(problemsOf(report('high'), [exception], '2027-01-31')).toEqual([]);
    expect(problemsOf(report('high'), [exception], '2027-02-01')).toEqual([
      'The exception GHSA-a expired on 2027-01-31. Update kafkajs, or renew it with a reason.',
    ]);
  });

  it('fails for an exception of another package, without a reason or a day, or without an advisory', () => {
    expect(problemsOf(report('high'), [{ ...exception, package: 'pg' }], '2026-11-29')).toEqual([
      'The exception GHSA-a is no longer needed. Remove it.',
      expect.stringMatching('kafkajs: Reads past its end'),
    ]);
    for (const without of [{ reason: ' ' }, { expires: 'soon' }]) {
      expect(problemsOf(report('high'), [{ ...exception, ...without }], '2026-11-29')).toEqual([
        'The exception GHSA-a needs a reason and a day on which it expires (YYYY-MM-DD).',
      ]);
    }
  });

  it('has exceptions with a reason and a day', () => {
    const ours = JSON.parse(readFileSync(new URL('./audit-exceptions.json', import.meta.url), 'utf8'));
    for (const each of ours)
      expect(each).toMatchObject({
        reason: expect.stringMatching(/\w/),
        expires: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      });
    expect(Array.isArray(ours)).toBe(true);
  });
});
