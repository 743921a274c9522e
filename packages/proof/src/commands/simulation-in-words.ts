import { faultInWords } from '../simulate/plan.js';
import { commandOf, type Noun, type Shrunk } from '../simulate/shrink.js';
import type { Simulated } from '../simulate/simulate.js';

const SHOWN_LINES = 40;
const SHOWN_FAULTS = 20;

/** A run without a broken promise; `inFull` adds endings and situations. */
export function keptInWords(simulated: Simulated, inFull: boolean, noun: Noun): string {
  const { endings, sometimes, passages } = simulated;
  const passed = Object.fromEntries(Object.entries(passages).map(([point, count]) => [`passed ${point}`, count]));
  return [`✓ ${factsOf(simulated, noun)}`, ...(inFull ? [endings, sometimes, passed].flatMap(counted) : [])].join('\n');
}

/** A run with a broken promise: the promise, the faults, the last lines, and the command that repeats it. */
export function brokenInWords({ plan, simulated, tried }: Omit<Shrunk, 'tried'> & Partial<Shrunk>, noun: Noun): string {
  const { violations, lines } = simulated;
  return [
    `✗ ${factsOf(simulated, noun)}${tried === undefined ? '' : `: the smallest of ${tried} runs that were tried`}`,
    ...violations.map(({ promise, explanation }) => `  Broken: ${promise}. ${explanation}`),
    ...plan.faults.slice(0, SHOWN_FAULTS).map((fault) => `  Fault ${faultInWords(fault)}`),
    ...lines.slice(-SHOWN_LINES).map((line) => `    ${line}`),
    `  Again: ${commandOf(plan, noun)}`,
  ].join('\n');
}

const factsOf = ({ seed, orders, faults, fingerprint, virtualMs }: Simulated, noun: Noun): string =>
  `seed ${seed}: ${orders} ${noun} and ${faults} faults in ${(virtualMs / 1_000).toFixed(1)} s, fingerprint ${fingerprint}`;

const counted = (counts: Readonly<Record<string, number>>): string[] => [
  '',
  ...Object.entries(counts).map(([what, count]) => `${String(count).padStart(7)}  ${what}`),
];
