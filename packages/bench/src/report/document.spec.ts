import { describe, expect, it } from '@jest/globals';
import type { Report } from './case-result.js';
import { documentsOf } from './document.js';

const report = (quiet: boolean): Report => ({
  machine: { cores: 2, loadBefore: 7.5, quiet: !quiet },
  cases: {
    drain: {
      command: 'npm run bench -- --case drain',
      measured: { at: '2026-11-21 15:04', model: 'EPYC', loadBefore: 7.5, quiet },
      how: ['Orders are placed.'],
      targets: [
        { what: 'fast', wanted: '≥ 50 ×', measured: '60 ×', met: true },
        { what: 'frugal', wanted: '≤ 350 µs', measured: '400 µs', met: false },
      ],
      tables: [{ columns: ['', 'sagas/s'], rows: [['a|b', '5,000']] }],
      charts: [{ title: 'Drain', unit: 'sagas/s', bars: [{ label: 'quadrille', value: 5_000 }] }],
    },
  },
});
const what = { drain: 'completion of a backlog' };
const text = (quiet = true, notes = '') => documentsOf(report(quiet), what, notes)['benchmarks.md']!;

describe('the document of the benchmarks', () => {
  it('shows the command that repeats each measurement', () => {
    expect(text()).toContain('```sh\nnpm run bench -- --case drain\n```');
  });

  it('shows which targets are met', () => {
    expect(text()).toContain('| [fast](#drain) | ≥ 50 × | 60 × | met |');
    expect(text()).toContain('| [frugal](#drain) | ≤ 350 µs | 400 µs | **not met** |');
  });

  it('reports other load on the machine with the case that was measured under it', () => {
    expect(text(false)).toContain('Measured 2026-11-21 15:04 on EPYC, load before: 7.5. **The machine was not quiet**');
    expect(text(true)).toContain('load before: 7.5.\n');
    expect(text(true)).not.toContain('quiet');
  });

  it('references the images that it generates', () => {
    expect(text()).toContain('![Drain](generated/benchmarks/drain-1.svg)');
    expect(documentsOf(report(true), what, '')['generated/benchmarks/drain-1.svg']).toContain('<svg');
  });

  it('escapes a pipe character in a cell', () => {
    expect(text()).toContain('| a\\|b | 5,000 |');
  });

  it('ends with the notes written by hand', () => {
    expect(text(true, '## Where the time goes\n')).toMatch(/## Where the time goes\n$/);
  });
});
