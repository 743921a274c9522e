import type { Chart } from './case-result.js';
import { number } from './words.js';

const WIDTH = 720;
const LABEL_WIDTH = 220;
const VALUE_WIDTH = 150;
const ROW_HEIGHT = 28;
const TOP = 40;
const BAR_HEIGHT = 16;
const LEAST_BAR = 1;

/** Readable on light and dark backgrounds, by a media query. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 15px }
  .bar { fill: #2f6fdb }
  .other { fill: #8c959f }
  .spread { stroke: #24292f; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .bar { fill: #5b9bff }
    .other { fill: #6e7681 }
    .spread { stroke: #e6edf3 }
  }`;

/** Horizontal bars as an SVG image; a line at the end of a bar shows the spread of the runs. */
export function chartSvg({ title, unit, bars }: Chart): string {
  const most = Math.max(...bars.map(({ value, high }) => Math.max(value, high ?? value)), Number.MIN_VALUE);
  const room = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  const x = (value: number) => LABEL_WIDTH + (value / most) * room;
  const rows = bars.map((bar, at) => {
    const y = TOP + at * ROW_HEIGHT;
    const middle = y + BAR_HEIGHT / 2;
    const { low = bar.value, high = bar.value } = bar;
    const width = Math.max(LEAST_BAR, x(bar.value) - LABEL_WIDTH);
    return [
      `<text x="${LABEL_WIDTH - 10}" y="${middle + 5}" text-anchor="end">${escaped(bar.label)}</text>`,
      `<rect class="${bar.label === 'baseline' ? 'other' : 'bar'}" x="${LABEL_WIDTH}" y="${y}" width="${one(width)}" height="${BAR_HEIGHT}" rx="2"/>`,
      ...(high > low
        ? [`<line class="spread" x1="${one(x(low))}" x2="${one(x(high))}" y1="${middle}" y2="${middle}"/>`]
        : []),
      `<text x="${one(Math.max(x(high), LABEL_WIDTH + width) + 8)}" y="${middle + 5}">${number(bar.value)} ${escaped(unit)}</text>`,
    ].join('');
  });
  const height = TOP + bars.length * ROW_HEIGHT + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}"><style>${STYLE}
</style><text class="title" x="10" y="22">${escaped(title)}</text>${rows.join('\n')}</svg>\n`;
}

const one = (value: number): string => value.toFixed(1);

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
