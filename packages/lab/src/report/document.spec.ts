import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { COMMITS } from '../protocol.js';
import { figures, pageOf } from './docs.js';
import { documentOf, type Figure } from './document.js';

const figure = (changes: Partial<Figure>): Figure => ({
  cell: 'two-phase-commit',
  fault: 'none',
  seen: {
    orders: 40,
    heldSeconds: 12.5,
    livingHeldSeconds: 0,
    blocked: 4,
    hotServed: 0,
    coldServed: 1,
    completed: { hot: 0, cold: 20 },
    cancelled: {},
    open: 0,
    split: 0,
    inconsistentMs: { p50: 1, p99: 2, max: 3 },
    compensated: 0.25,
    lost: 0,
    leaked: 0,
    recoverySeconds: 1,
    latencyMs: { p50: 30, p99: 60 },
    perOrder: { calls: 8, commits: 10, walBytes: 7_000 },
  },
  measured: { ...COMMITS, scope: 'not measured', availability: 'does not block' },
  unmet: [],
  broken: [],
  day: '2026-11-30',
  load: 1.5,
  ...changes,
});

describe('the page of the measurements', () => {
  it('has a row per protocol, and a table per fault', () => {
    const page = documentOf([figure({}), figure({ fault: 'outside' })], () => COMMITS);
    expect(page.match(/^## .*$/gm)).toEqual(['## Guarantees', '## none', '## outside']);
    expect(page).toContain('| two-phase-commit | 12.5 | 4 | 0 % | 100 % |');
  });

  it('names the weakest measurement of all runs, beside the claim that it refutes', () => {
    const blocking = figure({ fault: 'driver-dies', measured: { ...COMMITS, atomicity: 'none' } });
    const page = documentOf([figure({}), blocking], () => COMMITS);
    expect(page).toContain('| two-phase-commit | ~~all or nothing~~ **none** |');
    expect(page).toContain('| databases | synchronous | blocks |');
    expect(documentOf([figure({})], () => COMMITS)).toContain('| not measured | synchronous | blocks, not seen |');
  });

  it('names the expectations that a run did not meet', () => {
    expect(documentOf([figure({ unmet: ['split 0'] })], () => undefined)).toContain('| **not: split 0** |');
    expect(documentOf([figure({})], () => undefined)).toContain('| yes |');
    expect(documentOf([figure({ cell: '0.5PS', fault: 'slow' })], () => undefined)).toContain('| measured only |');
  });

  const page = new URL('../../../../docs/generated/lab.md', import.meta.url);
  (existsSync(page) ? it : it.skip)('is the one of the committed figures', () => {
    expect(readFileSync(page, 'utf8')).toBe(pageOf(figures()));
  });
});
