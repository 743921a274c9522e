import { describe, expect, it } from '@jest/globals';
import { steadyResult } from './steady-report.js';

const at30 = (p50: number, p99: number, cpuCores: number) => [
  { ratePerSecond: 30, seconds: 30, p50, p95: p99, p99, max: p99, cpuCores, cpuMicrosPerSaga: 1 },
];

describe('the targets of a steady load', () => {
  it('are absolute, and multiples of two-phase commit in the same run', () => {
    const systems = [
      { system: 'two-phase-commit', rates: at30(10, 10, 0.1) },
      { system: 'quadrille', rates: at30(50, 61, 0.45) },
    ] as const;
    expect(steadyResult(systems, {}).targets).toEqual([
      { what: 'p50 at 30 orders/s', wanted: '≤ 25 ms', measured: '50 ms', met: false },
      { what: 'p99 at 30 orders/s', wanted: '≤ 60 ms', measured: '61 ms', met: false },
      { what: 'CPU at 30 orders/s', wanted: '≤ 0.8 cores', measured: '0.45 cores', met: true },
      expect.objectContaining({ wanted: '≤ 5 ×', measured: '5 ×', met: true }),
      expect.objectContaining({ wanted: '≤ 6 ×', measured: '6.10 ×', met: false }),
      expect.objectContaining({ wanted: '≤ 4.44 ×', measured: '4.50 ×', met: false }),
    ]);
  });

  it('are only absolute without that reference', () => {
    expect(steadyResult([{ system: 'quadrille', rates: at30(1, 1, 0.1) }], {}).targets).toHaveLength(3);
  });
});
