import { KINDS, type KindName, kindOf } from './kinds.js';
import { type Random, randomOf } from './random.js';

/** One thing that goes wrong, and when. */
export interface Fault {
  readonly kind: KindName;
  /** A service, one of its instances, `kafka`, `postgres`, `topics`, `provider`. */
  readonly target: string;
  readonly detail?: string | number;
  /** Milliseconds from the first order. */
  readonly atMs: number;
  readonly lastsMs: number;
}

/** So long orders run undisturbed, to see what is usual. */
export const UNDISTURBED_MS = 8_000;
/** So long before the end no fault is under way: the last ones are to be seen to pass. */
const LIFTED_BEFORE_END_MS = 5_000;
/** Between the end of a fault and the next one, seconds. */
const QUIET: readonly [number, number] = [2, 7];
/** One in so many faults strikes while the one before still lasts. */
const OVERLAP_ONE_IN = 4;
const SECOND_MS = 1_000;

/** What goes wrong in a run of this length: the same seed gives the same faults. Every kind comes before one comes again. */
export function schedule(seed: number, durationMs: number): Fault[] {
  const random = randomOf(seed);
  const faults: Fault[] = [];
  let deck: KindName[] = [];
  for (let at = UNDISTURBED_MS; ; ) {
    if (deck.length === 0) deck = random.shuffled(Object.keys(KINDS) as KindName[]);
    const fault = draw(deck.pop()!, at, random);
    if (fault.atMs + fault.lastsMs > durationMs - LIFTED_BEFORE_END_MS) return faults;
    faults.push(fault);
    const overlaps = random.between(1, OVERLAP_ONE_IN) === 1;
    const pauseMs = random.between(QUIET[0] * SECOND_MS, QUIET[1] * SECOND_MS);
    at = overlaps ? fault.atMs + Math.round(fault.lastsMs / 2) : fault.atMs + fault.lastsMs + pauseMs;
  }
}

function draw(kind: KindName, atMs: number, random: Random): Fault {
  const { targets, lasts, details } = kindOf(kind);
  const target = random.pick(targets);
  const lastsMs = random.between(lasts[0] * SECOND_MS, lasts[1] * SECOND_MS);
  const detail = details && random.pick(details);
  return { kind, target, ...(detail !== undefined && { detail }), atMs, lastsMs };
}

/** A fault in words: `payment-1: killed (SIGKILL)`. */
export const inWords = ({ kind, target, detail }: Fault): string =>
  `${target}: ${kindOf(kind).says.replace('%', String(detail))}`;
