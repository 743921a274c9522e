import { describe, expect, it } from '@jest/globals';
import { chartSvg } from './chart.js';

const svg = chartSvg({
  title: 'Drain <&>',
  unit: 'sagas/s',
  bars: [
    { label: 'quadrille', value: 5_000, low: 4_000, high: 5_500 },
    { label: 'baseline', value: 0 },
  ],
});

describe('a chart', () => {
  it('shows every bar with its name, its value and its unit', () => {
    expect(svg).toContain('>quadrille<');
    expect(svg).toContain('>5,000 sagas/s<');
    expect(svg.match(/<rect/g)).toHaveLength(2);
  });

  it('shows the spread only of bars that have one', () => {
    expect(svg.match(/<line/g)).toHaveLength(1);
  });

  it('scales to the largest value including the spread, and shows the smallest bar', () => {
    const [ours, theirs] = [...svg.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
    expect(ours).toBeCloseTo(350 * (5_000 / 5_500), 0);
    expect(theirs).toBe(1);
  });

  it('is readable on a dark background', () => {
    expect(svg).toContain('prefers-color-scheme: dark');
  });

  it('escapes its texts', () => {
    expect(svg).toContain('Drain &lt;&amp;&gt;');
    expect(svg).not.toContain('Drain <&>');
  });
});
