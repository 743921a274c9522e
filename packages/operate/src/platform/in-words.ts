import type { Meaning, Paint } from '../terminal/paint.js';
import type { Check } from './facts.js';

const LOOKS = {
  well: ['✓', 'good'],
  look: ['!', 'wait'],
  broken: ['✗', 'bad'],
} as const satisfies Record<Check['level'], readonly [string, Meaning]>;

/** One line per check: sign, subject, description. */
export function checksInWords(checks: readonly Check[], paint: Paint): string {
  const width = Math.max(...checks.map(({ about }) => about.length));
  return checks
    .map(({ about, level, message }) => {
      const [sign, meaning] = LOOKS[level];
      // Causes from other systems may contain line breaks.
      return `${paint(meaning, sign)} ${about.padEnd(width)}  ${message.replace(/\s+/g, ' ')}`;
    })
    .join('\n');
}
