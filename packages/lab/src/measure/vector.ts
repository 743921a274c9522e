import type { Guarantees } from '../protocol.js';
import type { Fault } from '../run/faults.js';
import type { Measured } from './measure.js';

/** If the effects of one order are further apart, partial effects were visible. */
const SEEN_APART_MS = 1_000;

/** The measured guarantee vector, in the terms of the claims. One run proves a violation, not the absence of violations. */
export function vectorOf(seen: Measured, fault: Fault): Guarantees {
  // A card that is charged for nothing limits the scope; between the databases nothing is split.
  const isSplit = seen.split + seen.open > 0 && seen.leaked === 0;
  const wasShown = seen.compensated > 0 || seen.inconsistentMs.max > SEEN_APART_MS;
  const rowsAreWrong = seen.promises.some(({ promise, holds }) => !holds && ROWS.test(promise));
  return {
    atomicity: isSplit ? 'none' : wasShown ? 'eventual' : 'all or nothing',
    consistency: rowsAreWrong || isSplit ? 'broken' : 'kept',
    isolation: rowsAreWrong ? 'none' : wasShown ? 'semantic locks' : 'serializable',
    durability: seen.lost > 0 ? 'lost' : 'durable',
    scope: seen.leaked > 0 ? 'databases' : fault === 'outside' ? 'outside world' : 'not measured',
    coordination: seen.perOrder.calls > 0 ? 'synchronous' : 'asynchronous',
    availability: seen.blocked > 0 ? 'blocks' : 'does not block',
  };
}

/** The promises on stock and money. */
const ROWS = /^(per SKU|every ledger transaction)/;
