import { isNarrow, KINDS, type KindName, kindOf } from './kinds.js';
import { type Random, randomOf } from './random.js';

/** A fault with its target and time. */
export interface Fault {
  readonly kind: KindName;
  /** A service, one of its instances, `kafka`, `postgres`, `topics`, `provider`. */
  readonly target: string;
  readonly detail?: string | number;
  /** Milliseconds from the first order. */
  readonly atMs: number;
  readonly lastsMs: number;
}

/** Time without faults at the beginning, to measure the usual rate. */
export const UNDISTURBED_MS = 8_000;
/** No fault is active in this time before the end, so that recovery from the last ones is visible. */
const LIFTED_BEFORE_END_MS = 5_000;
/** Seconds between the end of a fault and the next one: minimum and maximum. */
const QUIET: readonly [number, number] = [2, 7];
/** One in this many faults starts while the previous one is active. */
const OVERLAP_ONE_IN = 4;
const SECOND_MS = 1_000;
/** Every kind of fault. */
export const ALL = Object.keys(KINDS) as KindName[];
/** Several narrow faults may be active at a time. */
const NARROW_EVERY_MS = 2_500;
/** After a wide fault, delayed orders may still be late for this long. */
export const SETTLED_MS = 20_000;
/** The pause between the narrow faults and the next wide one. */
export const PEACE_AFTER_NARROW_MS = 12_000;
/**
 * The limit for orders that no active narrow fault affects: two lock timeouts, since a batch may wait once for each, plus the time that
 * an order takes on two busy cores. A row is locked for longer, so that affected and unaffected orders are distinguishable.
 */
export const OTHERS_END_WITHIN_MS = 15_000;

/**
 * The faults of a run of this length: the same seed gives the same faults. Every kind occurs before one repeats. Narrow kinds come
 * first, without wide faults in parallel, so that their effect on unaffected orders is measurable.
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

/** Kinds are taken from the end. */
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

/** Describes a fault: `payment-1: killed (SIGKILL)`. */
export const inWords = ({ kind, target, detail }: Fault): string =>
  `${target}: ${kindOf(kind).label.replace('%', String(detail))}`;
