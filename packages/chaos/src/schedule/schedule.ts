import { isNarrow, KINDS, type KindName, kindOf } from './kinds.js';
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
const ALL = Object.keys(KINDS) as KindName[];
/** Narrow faults may well be several at a time. */
const NARROW_EVERY_MS = 2_500;
/** So long after a fault that concerns all, what it has held up may still be late. */
export const SETTLED_MS = 20_000;
/** Between the narrow faults and the next that concerns all. */
export const PEACE_AFTER_NARROW_MS = 12_000;
/**
 * What has nothing to do with the narrow faults at work ends within this time: two lock timeouts, for each of which a batch may wait
 * once, and what an order takes on two busy cores. A row is held for longer: what waits for it is told from what does not.
 */
export const OTHERS_END_WITHIN_MS = 15_000;

/**
 * What goes wrong in a run of this length: the same seed gives the same faults. Every kind comes before one comes again, the narrow ones
 * first: they need others to be at peace, so that what goes on beside them can be told.
 */
export function schedule(seed: number, durationMs: number, only: readonly KindName[] = ALL): Fault[] {
  const random = randomOf(seed);
  const faults: Fault[] = [];
  let deck: KindName[] = [];
  let quietFrom = 0;
  for (let at = UNDISTURBED_MS; ; ) {
    if (deck.length === 0) deck = shuffled(random, only);
    const fault = draw(deck.pop()!, at, random);
    if (fault.atMs + fault.lastsMs > durationMs - LIFTED_BEFORE_END_MS) return faults;
    faults.push(fault);
    quietFrom = Math.max(quietFrom, fault.atMs + fault.lastsMs);
    at = nextAt(fault, deck.at(-1), quietFrom, random);
  }
}

/** The last comes first. */
function shuffled(random: Random, only: readonly KindName[]): KindName[] {
  const of = (narrow: boolean) => random.shuffled(only.filter((name) => isNarrow(name) === narrow));
  return [...of(false), ...of(true)];
}

function nextAt({ kind, atMs, lastsMs }: Fault, next: KindName | undefined, quietFrom: number, random: Random): number {
  const overlaps = random.between(1, OVERLAP_ONE_IN) === 1;
  const pauseMs = random.between(QUIET[0] * SECOND_MS, QUIET[1] * SECOND_MS);
  if (next && isNarrow(kind) && isNarrow(next)) return atMs + NARROW_EVERY_MS;
  if (isNarrow(kind)) return quietFrom + PEACE_AFTER_NARROW_MS;
  if (!next) return quietFrom + SETTLED_MS;
  return overlaps ? atMs + Math.round(lastsMs / 2) : atMs + lastsMs + pauseMs;
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
