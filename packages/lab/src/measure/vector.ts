import type { Claims } from '../protocol.js';
import type { Measured } from './measure.js';

/** Locks that outlive this share of a fault are held by nobody who lives. */
const BLOCKED_SHARE = 0.8;
/** Effects of one order that are further apart were seen apart. */
const SEEN_APART_MS = 1_000;

/** The guarantee vector that a run was seen to have, in the words of the claims. One run shows what breaks, not that nothing does. */
export function vectorOf(seen: Measured, faultSeconds: number): Claims {
  const isTorn = seen.split + seen.open > 0;
  const wasShown = seen.takenBack > 0 || seen.inPartMs.max > SEEN_APART_MS;
  const rowsAreWrong = seen.promises.some(({ promise, holds }) => !holds && ROWS.test(promise));
  const blocks = faultSeconds > 0 && seen.heldSeconds >= BLOCKED_SHARE * faultSeconds;
  return {
    atomicity: isTorn ? 'none' : wasShown ? 'eventual' : 'all or nothing',
    isolation: rowsAreWrong ? 'none' : wasShown ? 'semantic locks' : 'serializable',
    availability: blocks ? 'blocks' : 'does not block',
  };
}

/** The promises on stock and money. */
const ROWS = /^(per SKU|every ledger transaction)/;
