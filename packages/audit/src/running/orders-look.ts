import { type Verdict, Violations } from '../verdict.js';
import { EventIndex } from './event-index.js';
import type { Charges } from './order-books.js';
import type { Snapshot } from './snapshot.js';

/** What was found out about the orders in one look. */
export interface OrdersJudged {
  /** Every order ends; completed is whole; cancelled is undone; all agree. */
  readonly verdicts: readonly [ends: Verdict, whole: Verdict, undone: Verdict, agree: Verdict];
  /** In words: events that were committed, wait in no outbox, and are on no topic. */
  readonly lost: Violations;
  /** Events of which that may be so; the next look knows. */
  readonly suspects: number;
  /** Events that are on no topic, and older than it: nobody can say whether they ever were. */
  readonly unchecked: number;
}

/** What a look is about, beside the databases. */
export interface Circumstances {
  /** Orders of which a record has not been taken by all that hear it. */
  readonly unheard: ReadonlySet<string>;
  /** What was said until then may have been removed from its topic; milliseconds since 1970. */
  readonly removedUntil: number;
  readonly charges: Charges;
}

/** What is found in the course of one look. */
export interface Look extends Circumstances {
  readonly snapshot: Snapshot;
  readonly unsettled: Set<string>;
  readonly broken: Set<string>;
  readonly suspects: Set<string>;
  unchecked: number;
  readonly said: EventIndex;
  readonly overdue: Violations;
  readonly lost: Violations;
  readonly whole: Violations;
  readonly undone: Violations;
  readonly agree: Violations;
}

/** Nothing is found yet. */
export const beginLook = (snapshot: Snapshot, circumstances: Circumstances): Look => ({
  snapshot,
  ...circumstances,
  ...{
    unsettled: new Set<string>(),
    broken: new Set<string>(),
    suspects: new Set<string>(),
    unchecked: 0,
    said: new EventIndex(),
  },
  ...{ overdue: new Violations(), lost: new Violations() },
  ...{ whole: new Violations(), undone: new Violations(), agree: new Violations() },
});
