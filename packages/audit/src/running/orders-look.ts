import { type Verdict, Violations } from '../verdict.js';
import { EventIndex } from './event-index.js';
import type { Charges } from './order-books.js';
import type { Snapshot } from './snapshot.js';

/** Results on orders of one pass. */
export interface OrdersJudged {
  /** Promises 1, 2, 3 and 7: every order ends; completed is whole; cancelled is undone; all agree. */
  readonly verdicts: readonly [ends: Verdict, whole: Verdict, undone: Verdict, agree: Verdict];
  /** Descriptions of events that were committed, wait in no outbox, and are on no topic. */
  readonly lost: Violations;
  /** Number of events that may be lost; the next pass decides. */
  readonly suspects: number;
  /** Number of events that are on no topic and older than its retention: unverifiable. */
  readonly unchecked: number;
}

/** Input of a pass beside the databases. */
export interface Circumstances {
  /** Orders with a record that some of its steps have not processed. */
  readonly unconsumed: ReadonlySet<string>;
  /** Events up to this time may have been removed from their topic; ms since 1970. */
  readonly removedUntil: number;
  readonly charges: Charges;
}

/** Intermediate results of one pass. */
export interface Look extends Circumstances {
  readonly snapshot: Snapshot;
  readonly unsettled: Set<string>;
  readonly broken: Set<string>;
  readonly suspects: Set<string>;
  unchecked: number;
  readonly events: EventIndex;
  readonly overdue: Violations;
  readonly lost: Violations;
  readonly whole: Violations;
  readonly undone: Violations;
  readonly agree: Violations;
}

/** The initial state of a pass. */
export const beginLook = (snapshot: Snapshot, circumstances: Circumstances): Look => ({
  snapshot,
  ...circumstances,
  ...{
    unsettled: new Set<string>(),
    broken: new Set<string>(),
    suspects: new Set<string>(),
    unchecked: 0,
    events: new EventIndex(),
  },
  ...{ overdue: new Violations(), lost: new Violations() },
  ...{ whole: new Violations(), undone: new Violations(), agree: new Violations() },
});
