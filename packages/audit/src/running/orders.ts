import type { RecordEntry } from '../books.js';
import {
  type ChangedOrder,
  changedOrders,
  chunksOf,
  otherOrders,
  readChangedOrders,
  unsentOf,
} from './changed-orders.js';
import { EventIndex } from './event-index.js';
import { judgeSettled } from './order-books.js';
import { beginLook, type Circumstances, type Look, type OrdersJudged } from './orders-look.js';
import type { Snapshot } from './snapshot.js';
import { orderVerdicts } from './sums.js';

/** Maximum ms between the timestamp of a row and its commit: the search for changes goes back this far. */
const COMMITTED_WITHIN_MS = 120_000;

/**
 * Judges orders once they are settled: ended, all events published and processed. Others are not judged, so that work in progress
 * is no violation.
 */
export class Orders {
  #events = new EventIndex();
  /** Settled recently, so that they may change again; with the time of their end. */
  readonly #recent = new Map<string, number>();
  /** Orders of the last pass that were not settled: open, in progress, or with a violation. */
  #unsettled = new Set<string>();
  /** Those of them that were settled before: their events were verified, and are no longer stored here. */
  #broken = new Set<string>();
  #suspects = new Set<string>();
  /** Orders that ended before are judged, or among those above. */
  #since: Date | undefined;
  /** Changes of other services to such orders before this time are judged. */
  #changedSince: Date | undefined;

  constructor(private readonly overdueAfterMs: number) {}

  take(record: RecordEntry): void {
    this.#events.take(record);
  }

  /**
   * Judges all changes since the last pass. After a failure, completed parts stay judged, and the next pass continues from there.
   */
  async judge(snapshot: Snapshot, circumstances: Circumstances): Promise<OrdersJudged> {
    const look = beginLook(snapshot, circumstances);
    const settledBy = new Date(snapshot.at.getTime() - COMMITTED_WITHIN_MS);
    const since = this.#since;
    this.#changedSince ??= settledBy;
    try {
      if (since) await this.#judgeOthers(look, since, this.#changedSince);
      for await (const page of readChangedOrders(snapshot, since)) {
        await this.#judgePage(look, page);
        this.#goOnFrom(page.at(-1)?.endedAt, settledBy);
      }
    } catch (error) {
      for (const orderId of look.unsettled) this.#unsettled.add(orderId);
      for (const orderId of look.broken) this.#broken.add(orderId);
      for (const event of look.suspects) this.#suspects.add(event);
      throw error;
    }
    [this.#unsettled, this.#broken, this.#suspects, this.#events] = [
      look.unsettled,
      look.broken,
      look.suspects,
      look.events,
    ];
    [this.#since, this.#changedSince] = [settledBy, settledBy];
    for (const [orderId, endedAt] of this.#recent) if (endedAt < settledBy.getTime()) this.#recent.delete(orderId);
    return {
      verdicts: await orderVerdicts(look),
      lost: look.lost,
      suspects: look.suspects.size,
      unchecked: look.unchecked,
    };
  }

  /** Judges orders that ended long ago and have a violation, or changed again. */
  async #judgeOthers(look: Look, since: Date, changedSince: Date): Promise<void> {
    const seen = new Set<string>();
    for (const ids of [chunksOf([...this.#unsettled]), changedOrders(look.snapshot, changedSince)]) {
      for await (const page of otherOrders(look.snapshot, since, ids)) {
        const unseen = [...new Map(page.map((order) => [order.orderId, order])).values()].filter(
          ({ orderId }) => !seen.has(orderId),
        );
        for (const { orderId } of unseen) seen.add(orderId);
        await this.#judgePage(look, unseen);
      }
    }
  }

  async #judgePage(look: Look, page: readonly ChangedOrder[]): Promise<void> {
    const missing = await this.#missing(look, page);
    for (const [event, { orderId }] of missing) {
      look.suspects.add(event);
      if (this.#suspects.has(event)) look.lost.add(`event ${event} of order ${orderId} never reached its topic`);
    }
    for (const order of page) if (this.#isOverdue(order, look.snapshot.at)) look.overdue.add(overdueInWords(order));
    const unpublished = new Set([...missing.values()].map(({ orderId }) => orderId));
    const settled = page.filter((each) => this.#isSettled(each, look, unpublished));
    const verdicts = await judgeSettled(look.snapshot, settled, look.charges, (order) =>
      this.#endingsOf(order as ChangedOrder, look),
    );
    for (const [at, found] of [look.whole, look.undone, look.agree].entries()) found.addAll(verdicts[at]!);
    const bad = verdicts.flatMap(({ violations }) => violations).join('\n');
    // If more violations exist than are listed, their orders are unknown: the whole page is judged again in the next pass.
    const isListed = verdicts.every(({ checked, violations }) => checked.violations === violations.length);
    const sound = new Set(isListed ? settled.filter(({ orderId }) => !bad.includes(orderId)) : []);
    for (const order of page) this.#keep(look, order, sound.has(order));
  }

  #keep(look: Look, order: ChangedOrder, isSound: boolean): void {
    const { orderId, endedAt, events } = order;
    if (isSound) {
      if (endedAt! >= look.snapshot.at.getTime() - COMMITTED_WITHIN_MS) this.#recent.set(orderId, endedAt!);
      this.#unsettled.delete(orderId);
      this.#broken.delete(orderId);
      return;
    }
    if (this.#isKnown(order)) look.broken.add(orderId);
    look.unsettled.add(orderId);
    look.events.retain(this.#events, orderId, events.keys());
  }

  /**
   * Events that are committed, not read from the topic, and not waiting in the outbox. Records above the cut are not read yet, so
   * the next pass decides.
   */
  async #missing(look: Look, page: readonly ChangedOrder[]): Promise<Map<string, ChangedOrder>> {
    const unread = new Map<string, ChangedOrder>();
    for (const order of page) {
      if (this.#isKnown(order)) continue;
      for (const [event, at] of order.events) {
        if (this.#events.has(event)) continue;
        if (this.#isRemoved(look, event, at)) look.unchecked++;
        else unread.set(event, order);
      }
    }
    for (const event of await unsentOf(look.snapshot, [...unread.keys()])) unread.delete(event);
    return unread;
  }

  /**
   * Whether the event may be beyond the topic's retention. A recent one may be above the cut instead, so the next pass decides.
   */
  #isRemoved({ removedUntil, snapshot }: Look, event: string, at: number): boolean {
    const isOld = at < snapshot.at.getTime() - COMMITTED_WITHIN_MS;
    return at <= removedUntil && (isOld || this.#suspects.has(event));
  }

  /** Whether the order was settled in an earlier pass and changed again. */
  #isKnown({ orderId, endedAt }: ChangedOrder): boolean {
    if (endedAt === null) return false;
    if (this.#unsettled.has(orderId)) return this.#broken.has(orderId);
    return this.#recent.has(orderId) || (this.#since !== undefined && endedAt < this.#since.getTime());
  }

  #isSettled(order: ChangedOrder, look: Look, unpublished: ReadonlySet<string>): boolean {
    const { orderId, endedAt, events } = order;
    if (endedAt === null || look.unconsumed.has(orderId) || unpublished.has(orderId)) return false;
    if (this.#isKnown(order)) return true;
    return [...events].every(([event, at]) => this.#events.has(event) || this.#isRemoved(look, event, at));
  }

  /** The endings on the topic. For an order settled earlier, or a removed record, the ending counts as correct. */
  #endingsOf(order: ChangedOrder, { removedUntil }: Look): readonly string[] {
    const endings = this.#events.endingsOf(order.orderId);
    const isGone = endings.length === 0 && order.endedAt !== null && order.endedAt <= removedUntil;
    if (!isGone && !this.#isKnown(order)) return endings;
    return [order.status === 'COMPLETED' ? 'OrderCompleted' : 'OrderCancelled'];
  }

  /**
   * Pages are in the order of endings: orders that ended before the last one are judged, unless a commit may still be
   * outstanding.
   */
  #goOnFrom(endedAt: number | null | undefined, settledBy: Date): void {
    if (typeof endedAt !== 'number' || !Number.isFinite(endedAt)) return;
    const until = Math.min(endedAt, settledBy.getTime());
    if (until > (this.#since?.getTime() ?? Number.NEGATIVE_INFINITY)) this.#since = new Date(until);
  }

  #isOverdue({ placedAt, endedAt }: ChangedOrder, at: Date): boolean {
    return endedAt === null && at.getTime() - placedAt > this.overdueAfterMs;
  }
}

const overdueInWords = ({ orderId, status, placedAt }: ChangedOrder): string =>
  `order ${orderId} is still ${status}, placed at ${momentInWords(placedAt)}`;

/** Formats a time in ms since 1970 as ISO 8601, or as the number if it is out of range (PostgreSQL has infinity). */
export function momentInWords(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}
