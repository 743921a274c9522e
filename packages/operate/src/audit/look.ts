import { eventsHeardBy } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import type { Books, Verdict } from '@quadrille/testing';

/** One reading of the whole system. */
export interface Look {
  readonly verdicts: readonly Verdict[];
  /** What is still to come; while anything is, promises may look broken that are only not kept yet. */
  readonly pending: Pending;
  /** Equal for two looks between which nothing has moved. */
  readonly trace: string;
}

/** What the system has not finished. */
export interface Pending {
  /** Orders that are neither COMPLETED nor CANCELLED. */
  readonly openSagas: number;
  /** ISO 8601: when the oldest of them was placed; null when there is none. */
  readonly oldestPlacedAt: string | null;
  /** Rows of outboxes that have not reached their topic. */
  readonly unsent: number;
  /** Records that a step hears and has not taken. */
  readonly unheard: number;
  /** Messages that are tried again, or wait behind one that is; dead letters among them. */
  readonly parked: number;
}

/** Sums up what was read. */
export function lookAt(books: Books, verdicts: readonly Verdict[]): Look {
  const open = books.orders.filter(({ status }) => status === 'PLACED' || status === 'CANCELLING');
  const sum = (of: (facts: Books['plumbing'][number]) => number) =>
    books.plumbing.reduce((all, one) => all + of(one), 0);
  const pending = {
    openSagas: open.length,
    oldestPlacedAt:
      open.length === 0 ? null : new Date(Math.min(...open.map(({ placedAt }) => placedAt))).toISOString(),
    unsent: sum(({ outboxPending }) => outboxPending),
    unheard: unheard(books),
    parked: sum((facts) => facts.parkedRetrying + facts.parkedQueued + facts.parkedDead),
  };
  const sizes = [...books.accepted].map(([service, taken]) => `${service} ${taken.size}`);
  const trace = JSON.stringify([verdicts, pending, books.records.length, sizes, books.ledger.transactions]);
  return { verdicts, pending, trace };
}

/** Steps by the event they hear. */
const hearers = new Map<string, { readonly step: string; readonly service: string }[]>();
for (const [step, row] of Object.entries({ ...shop, ...checkout.rows })) {
  for (const { name } of eventsHeardBy(row)) {
    hearers.set(name, [...(hearers.get(name) ?? []), { step, service: row.by }]);
  }
}

/** How often a step has still to hear a record. One that came twice counts twice; it is zero at rest all the same. */
function unheard({ records, accepted }: Books): number {
  let count = 0;
  for (const { type, eventId } of records) {
    for (const { step, service } of hearers.get(type) ?? []) {
      if (!accepted.get(service)?.has(`${step} ${eventId}`)) count++;
    }
  }
  return count;
}

/** Whether anything is still to come. */
export const isPending = ({ openSagas, unsent, unheard: unread, parked }: Pending): boolean =>
  openSagas + unsent + unread + parked > 0;
