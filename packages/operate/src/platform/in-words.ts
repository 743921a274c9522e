import type { Meaning, Paint } from '../terminal/paint.js';
import type { Check } from './facts.js';

const LOOKS = {
  well: ['✓', 'good'],
  look: ['!', 'wait'],
  broken: ['✗', 'bad'],
} as const satisfies Record<Check['level'], readonly [string, Meaning]>;

/** A line for each check: sign, what it is about, what there is to say. */
export function checksInWords(checks: readonly Check[], paint: Paint): string {
  const width = Math.max(...checks.map(({ about }) => about.length));
  return checks
    .map(({ about, level, says }) => {
      const [sign, meaning] = LOOKS[level];
      // What others say may have lines of its own.
      return `${paint(meaning, sign)} ${about.padEnd(width)}  ${says.replace(/\s+/g, ' ')}`;
    })
    .join('\n');
}
