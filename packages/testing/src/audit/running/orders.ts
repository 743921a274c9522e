import type { Books, ChargeEntry, RecordEntry } from '../books.js';
import { allAgree } from '../promises/all-agree.js';
import { cancelledIsUndone } from '../promises/cancelled-is-undone.js';
import { completedIsWhole } from '../promises/completed-is-whole.js';
import { type Verdict, verdict } from '../verdict.js';
import { booksOf } from './order-books.js';
import type { Snapshot } from './snapshot.js';
import { changedOrders, type Touched, touchedOrders, unsentOf } from './touched.js';
import { Traces } from './traces.js';

/** A transaction may carry a time that is so much older than its commit: what changed is looked for that far back. */
const COMMITTED_WITHIN_MS = 120_000;

type Charges = (references: readonly string[]) => Promise<readonly ChargeEntry[]>;

/** What was found out about the orders in one look. */
export interface OrdersJudged {
  /** Every order ends; completed is whole; cancelled is undone; all agree. */
  readonly verdicts: readonly [ends: Verdict, whole: Verdict, undone: Verdict, agree: Verdict];
  /** In words: events that were committed, wait in no outbox, and are on no topic. */
  readonly lost: readonly string[];
  /** Events of which that may be so; the next look knows. */
  readonly suspects: number;
}

/** Judges orders when they are settled: ended, everything said, everything heard. Others are not judged, so nothing looks worse than it is. */
export class Orders {
  readonly #traces = new Traces();
  /** Settled, but so recently that they may be touched again; with the time of their end. */
  readonly #recent = new Map<string, number>();
  /** Looked at the last time, and not settled: open, on their way, or not as they must be. */
  #unsettled = new Set<string>();
  /** Those of them that were settled before: what they said is known to have been said, and its traces are gone. */
  #broken = new Set<string>();
  #suspects = new Set<string>();
  #since: Date | undefined;

  constructor(private readonly overdueAfterMs: number) {}

  take(record: RecordEntry): void {
    this.#traces.take(record);
  }

  /** Looks at all that changed since the last time. `unheard`: orders of which a record has not been taken by all that hear it. */
  async judge(snapshot: Snapshot, unheard: ReadonlySet<string>, charges: Charges): Promise<OrdersJudged> {
    const changed = this.#since ? await changedOrders(snapshot, this.#since) : [];
    const overdue: string[] = [];
    const parts: Verdict[][] = [];
    const unsettled = new Set<string>();
    const broken = new Set<string>();
    const suspects = new Set<string>();
    const lost: string[] = [];
    const named = [...new Set([...this.#unsettled, ...changed])];
    for await (const page of touchedOrders(snapshot, this.#since, named)) {
      const missing = await this.#missing(snapshot, page);
      for (const [event, { orderId }] of missing) {
        suspects.add(event);
        if (this.#suspects.has(event)) lost.push(`event ${event} of order ${orderId} never reached its topic`);
      }
      overdue.push(...page.filter((order) => this.#isOverdue(order, snapshot.at)).map(overdueInWords));
      const unsaid = new Set([...missing.values()].map(({ orderId }) => orderId));
      const settled = page.filter((each) => this.#isSettled(each, unheard, unsaid));
      const books = await booksOf(snapshot, settled, charges);
      const verdicts = this.#judgeBooks(books, settled);
      parts.push(verdicts);
      const bad = verdicts.flatMap(({ violations }) => violations).join('\n');
      // Where more is wrong than is listed, nobody knows whose it is: the whole page is looked at again.
      const isListed = verdicts.every(({ checked, violations }) => checked.violations === violations.length);
      const sound = new Set(isListed ? settled.filter(({ orderId }) => !bad.includes(orderId)) : []);
      for (const order of page) {
        if (this.#isKnown(order) && !sound.has(order)) broken.add(order.orderId);
        if (sound.has(order)) this.#recent.set(order.orderId, order.endedAt!);
        else unsettled.add(order.orderId);
      }
    }
    this.#unsettled = unsettled;
    this.#broken = broken;
    this.#suspects = suspects;
    this.#traces.keepOnly(unsettled);
    this.#forgetOld(snapshot.at);
    return { verdicts: await this.#sums(snapshot, overdue, parts), lost, suspects: suspects.size };
  }

  /** Committed, and neither read on the topic nor waiting to be sent. Records above the cut are not read yet: so the next look knows. */
  async #missing(snapshot: Snapshot, page: readonly Touched[]): Promise<Map<string, Touched>> {
    const unread = new Map<string, Touched>();
    for (const order of page) {
      if (this.#isKnown(order)) continue;
      const { said } = this.#traces.of(order.orderId);
      for (const event of order.events) if (!said.has(event)) unread.set(event, order);
    }
    for (const event of await unsentOf(snapshot, [...unread.keys()])) unread.delete(event);
    return unread;
  }

  /** Settled in an earlier look, and touched again. */
  #isKnown({ orderId, endedAt }: Touched): boolean {
    if (endedAt === null) return false;
    if (this.#unsettled.has(orderId)) return this.#broken.has(orderId);
    return this.#recent.has(orderId) || (this.#since !== undefined && endedAt < this.#since.getTime());
  }

  #isSettled(order: Touched, unheard: ReadonlySet<string>, unsaid: ReadonlySet<string>): boolean {
    const { orderId, endedAt } = order;
    if (endedAt === null || unheard.has(orderId) || unsaid.has(orderId)) return false;
    if (this.#isKnown(order)) return true;
    const { said } = this.#traces.of(orderId);
    return order.events.every((event) => said.has(event));
  }

  #judgeBooks(books: Awaited<ReturnType<typeof booksOf>>, settled: readonly Touched[]): Verdict[] {
    const records = settled.flatMap((order) => this.#endingsOf(order)) as unknown as Books['records'];
    const whole = { ...books, records } as unknown as Books;
    return [completedIsWhole(whole), cancelledIsUndone(whole), allAgree(whole)];
  }

  /** What the topic said of its end; of what was settled before, it is known that it said the right thing. */
  #endingsOf(order: Touched): Pick<RecordEntry, 'type' | 'correlationId'>[] {
    const { orderId, status } = order;
    const usual = status === 'COMPLETED' ? 'OrderCompleted' : 'OrderCancelled';
    const types = this.#isKnown(order) ? [usual] : [...this.#traces.of(orderId).endings];
    return types.map((type) => ({ type, correlationId: orderId }));
  }

  #forgetOld(at: Date): void {
    this.#since = new Date(at.getTime() - COMMITTED_WITHIN_MS);
    for (const [orderId, endedAt] of this.#recent) {
      if (endedAt < this.#since.getTime()) this.#recent.delete(orderId);
    }
  }

  #isOverdue({ placedAt, endedAt }: Touched, at: Date): boolean {
    return endedAt === null && at.getTime() - placedAt > this.overdueAfterMs;
  }

  async #sums(
    snapshot: Snapshot,
    overdue: readonly string[],
    parts: readonly Verdict[][],
  ): Promise<OrdersJudged['verdicts']> {
    const { rows } = await snapshot
      .of('order')
      .query<{ status: string; orders: number }>('select status, count(*)::int as orders from orders group by status');
    const of = (status: string) => rows.find((row) => row.status === status)?.orders ?? 0;
    const orders = rows.reduce((sum, row) => sum + row.orders, 0);
    const [completed, cancelled] = [of('COMPLETED'), of('CANCELLED')];
    const violations = (at: number) => parts.flatMap((page) => page[at]!.violations);
    return [
      verdict('every accepted order reaches COMPLETED or CANCELLED', { orders, completed, cancelled }, overdue),
      verdict(PROMISED.whole, { completed }, violations(0)),
      verdict(PROMISED.undone, { cancelled }, violations(1)),
      verdict(PROMISED.agree, { orders, endings: completed + cancelled }, violations(2)),
    ];
  }
}

const PROMISED = {
  whole: 'COMPLETED: captured once for the total, stock committed once, one live shipment',
  undone: 'CANCELLED: net charge 0, nothing reserved, no live shipment',
  agree: 'all services agree on how an order ended',
};

const overdueInWords = ({ orderId, status, placedAt }: Touched): string =>
  `order ${orderId} is still ${status}, placed at ${new Date(placedAt).toISOString()}`;
