import type { Claims } from '../protocol.js';
import { type Fault, LASTS_MS } from '../run/faults.js';
import type { Measured } from './measure.js';

/** Locks held for longer than this share of a fault depended on the failed process. */
const BLOCKED_SHARE = 0.8;
/** If the effects of one order are further apart, partial effects were visible. */
const SEEN_APART_MS = 1_000;

/** The measured guarantee vector, in the terms of the claims. One run proves a violation, not the absence of violations. */
export function vectorOf(seen: Measured, fault: Fault): Claims {
  const isTorn = seen.split + seen.open > 0;
  const wasShown = seen.takenBack > 0 || seen.inPartMs.max > SEEN_APART_MS;
  const rowsAreWrong = seen.promises.some(({ promise, holds }) => !holds && ROWS.test(promise));
  const faultSeconds = LASTS_MS[fault] / 1_000;
  const blocks = faultSeconds > 0 && seen.heldSeconds >= BLOCKED_SHARE * faultSeconds;
  return {
    atomicity: isTorn ? 'none' : wasShown ? 'eventual' : 'all or nothing',
    consistency: rowsAreWrong || isTorn ? 'broken' : 'kept',
    isolation: rowsAreWrong ? 'none' : wasShown ? 'semantic locks' : 'serializable',
    durability: seen.lost > 0 ? 'lost' : 'durable',
    scope: seen.leaked > 0 ? 'databases' : fault === 'outside' ? 'outside world' : 'not measured',
    coordination: seen.perOrder.calls > 0 ? 'synchronous' : 'asynchronous',
    availability: blocks ? 'blocks' : 'does not block',
  };
}

/** The promises on stock and money. */
const ROWS = /^(per SKU|every ledger transaction)/;
