import type { RecordEntry } from '../books.js';
import { momentInWords } from '../moment.js';
import { EventIndex } from './event-index.js';
import { judgeSettled } from './order-books.js';
import { beginLook, type Circumstances, type Look, type OrdersJudged } from './orders-look.js';
import type { Snapshot } from './snapshot.js';
import { orderVerdicts } from './sums.js';
import { changedOrders, chunksOf, otherOrders, type Touched, touchedOrders, unsentOf } from './touched.js';

/** A transaction may carry a time that is so much older than its commit: what changed is looked for that far back. */
const COMMITTED_WITHIN_MS = 120_000;

/** Judges orders when they are settled: ended, everything said, everything heard. Others are not judged, so nothing looks worse than it is. */
export class Orders {
  #said = new EventIndex();
  /** Settled, but so recently that they may be touched again; with the time of their end. */
  readonly #recent = new Map<string, number>();
  /** Looked at the last time, and not settled: open, on their way, or not as they must be. */
  #unsettled = new Set<string>();
  /** Those of them that were settled before: what they said is known to have been said, and forgotten here. */
  #broken = new Set<string>();
  #suspects = new Set<string>();
  /** Orders that ended before are judged, or among those above. */
  #since: Date | undefined;
  /** What services wrote before about such orders is judged. */
  #changedSince: Date | undefined;

  constructor(private readonly overdueAfterMs: number) {}

  take(record: RecordEntry): void {
    this.#said.take(record);
  }

  /** Looks at all that changed since the last time. When it fails, what was judged stays judged, and the next look goes on from there. */
  async judge(snapshot: Snapshot, circumstances: Circumstances): Promise<OrdersJudged> {
    const look = beginLook(snapshot, circumstances);
    const settledBy = new Date(snapshot.at.getTime() - COMMITTED_WITHIN_MS);
    const since = this.#since;
    this.#changedSince ??= settledBy;
    try {
      if (since) await this.#judgeOthers(look, since, this.#changedSince);
      for await (const page of touchedOrders(snapshot, since)) {
        await this.#judgePage(look, page);
        this.#goOnFrom(page.at(-1)?.endedAt, settledBy);
      }
    } catch (error) {
      for (const orderId of look.unsettled) this.#unsettled.add(orderId);
      for (const orderId of look.broken) this.#broken.add(orderId);
      for (const event of look.suspects) this.#suspects.add(event);
      throw error;
    }
    [this.#unsettled, this.#broken, this.#suspects, this.#said] = [
      look.unsettled,
      look.broken,
      look.suspects,
      look.said,
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

  /** Those that ended long ago, and are not as they must be, or were touched again. */
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

  async #judgePage(look: Look, page: readonly Touched[]): Promise<void> {
    const missing = await this.#missing(look, page);
    for (const [event, { orderId }] of missing) {
      look.suspects.add(event);
      if (this.#suspects.has(event)) look.lost.add(`event ${event} of order ${orderId} never reached its topic`);
    }
    for (const order of page) if (this.#isOverdue(order, look.snapshot.at)) look.overdue.add(overdueInWords(order));
    const unsaid = new Set([...missing.values()].map(({ orderId }) => orderId));
    const settled = page.filter((each) => this.#isSettled(each, look, unsaid));
    const verdicts = await judgeSettled(look.snapshot, settled, look.charges, (order) =>
      this.#endingsOf(order as Touched, look),
    );
    for (const [at, found] of [look.whole, look.undone, look.agree].entries()) found.addAll(verdicts[at]!);
    const bad = verdicts.flatMap(({ violations }) => violations).join('\n');
    // Where more is wrong than is listed, nobody knows whose it is: the whole page is looked at again.
    const isListed = verdicts.every(({ checked, violations }) => checked.violations === violations.length);
    const sound = new Set(isListed ? settled.filter(({ orderId }) => !bad.includes(orderId)) : []);
    for (const order of page) this.#keep(look, order, sound.has(order));
  }

  #keep(look: Look, order: Touched, isSound: boolean): void {
    const { orderId, endedAt, events } = order;
    if (isSound) {
      if (endedAt! >= look.snapshot.at.getTime() - COMMITTED_WITHIN_MS) this.#recent.set(orderId, endedAt!);
      this.#unsettled.delete(orderId);
      this.#broken.delete(orderId);
      return;
    }
    if (this.#isKnown(order)) look.broken.add(orderId);
    look.unsettled.add(orderId);
    look.said.keep(this.#said, orderId, events.keys());
  }

  /** Committed, and neither read on the topic nor waiting to be sent. Records above the cut are not read yet: so the next look knows. */
  async #missing(look: Look, page: readonly Touched[]): Promise<Map<string, Touched>> {
    const unread = new Map<string, Touched>();
    for (const order of page) {
      if (this.#isKnown(order)) continue;
      for (const [event, at] of order.events) {
        if (this.#said.has(event)) continue;
        if (this.#isRemoved(look, event, at)) look.unchecked++;
        else unread.set(event, order);
      }
    }
    for (const event of await unsentOf(look.snapshot, [...unread.keys()])) unread.delete(event);
    return unread;
  }

  /** It may have been on its topic once. What was said just now may lie above the cut as well: so the next look knows. */
  #isRemoved({ removedUntil, snapshot }: Look, event: string, at: number): boolean {
    const isOld = at < snapshot.at.getTime() - COMMITTED_WITHIN_MS;
    return at <= removedUntil && (isOld || this.#suspects.has(event));
  }

  /** Settled in an earlier look, and touched again. */
  #isKnown({ orderId, endedAt }: Touched): boolean {
    if (endedAt === null) return false;
    if (this.#unsettled.has(orderId)) return this.#broken.has(orderId);
    return this.#recent.has(orderId) || (this.#since !== undefined && endedAt < this.#since.getTime());
  }

  #isSettled(order: Touched, look: Look, unsaid: ReadonlySet<string>): boolean {
    const { orderId, endedAt, events } = order;
    if (endedAt === null || look.unheard.has(orderId) || unsaid.has(orderId)) return false;
    if (this.#isKnown(order)) return true;
    return [...events].every(([event, at]) => this.#said.has(event) || this.#isRemoved(look, event, at));
  }

  /** What the topic said of its end; of what was settled before, or is removed, it is taken that it said the right thing. */
  #endingsOf(order: Touched, { removedUntil }: Look): readonly string[] {
    const said = this.#said.endingsOf(order.orderId);
    const isGone = said.length === 0 && order.endedAt !== null && order.endedAt <= removedUntil;
    if (!isGone && !this.#isKnown(order)) return said;
    return [order.status === 'COMPLETED' ? 'OrderCompleted' : 'OrderCancelled'];
  }

  /** Pages come in the order of their ends: what ended before the last of them is judged, unless it may still be committed. */
  #goOnFrom(endedAt: number | null | undefined, settledBy: Date): void {
    if (typeof endedAt !== 'number' || !Number.isFinite(endedAt)) return;
    const until = Math.min(endedAt, settledBy.getTime());
    if (until > (this.#since?.getTime() ?? Number.NEGATIVE_INFINITY)) this.#since = new Date(until);
  }

  #isOverdue({ placedAt, endedAt }: Touched, at: Date): boolean {
    return endedAt === null && at.getTime() - placedAt > this.overdueAfterMs;
  }
}

const overdueInWords = ({ orderId, status, placedAt }: Touched): string =>
  `order ${orderId} is still ${status}, placed at ${momentInWords(placedAt)}`;
