import type { ChargeEntry } from '../books.js';
import { moneyBalances } from '../promises/money-balances.js';
import { readCharges } from '../read-books.js';
import { readLedgerSums } from '../read-services.js';
import type { Sources } from '../sources.js';
import { type Verdict, Violations, verdict } from '../verdict.js';
import { type AuditReport, auditReportOf } from './audit-report.js';
import { type Backlog, waitingIn } from './backlog.js';
import { Brokers } from './offset-snapshot.js';
import { type Charges, chargesOf } from './order-books.js';
import { Orders } from './orders.js';
import type { OrdersJudged } from './orders-look.js';
import { Records } from './records.js';
import { Snapshot } from './snapshot.js';
import { capturedTwice, stockIn } from './sums.js';

/** Time in ms after which an open order violates the first promise, for any reason. */
const OVERDUE_AFTER_MS = 600_000;

/** Maximum charges in memory; beyond it they are requested one by one. */
const MOST_CHARGES = 50_000;

const NO_ORDERS = { revenueByOrder: new Map(), heldByOrder: new Map(), capturesByOrder: new Map() };

/**
 * Checks the seven promises on a running system, also under load. Each pass takes a cut: the offsets of topics and groups, then a
 * snapshot of each database, that of the order service first. Records below the cut were committed before the snapshots. So a
 * record in transit does not look like a violation, and a missing one cannot hide behind records in transit. A pass reads only
 * new records, and stores only unsettled ones.
 */
export class RunningAudit {
  readonly #brokers: Brokers;
  readonly #orders: Orders;
  readonly #records: Records;
  #looks = 0;
  #unchecked = 0;
  #began: Date | undefined;

  constructor(
    private readonly sources: Sources,
    { overdueAfterMs = OVERDUE_AFTER_MS }: { readonly overdueAfterMs?: number } = {},
  ) {
    this.#brokers = new Brokers(sources);
    this.#orders = new Orders(overdueAfterMs);
    this.#records = new Records(sources, (record) => this.#orders.take(record));
  }

  /** Runs one pass. Throws if a part of the system cannot be read; the next pass continues from there. */
  async look(): Promise<AuditReport> {
    const startedAt = performance.now();
    const cut = await this.#brokers.cut();
    const snapshot = await Snapshot.open(this.sources);
    try {
      this.#began ??= snapshot.at;
      await this.#records.look(snapshot, cut, this.#looks, () => this.#brokers.begins());
      const { unconsumed, removed } = this.#records;
      const orders = await this.#orders.judge(snapshot, {
        unconsumed: new Set(unconsumed.map(({ record }) => record.correlationId)),
        removedUntil: removed.until,
        charges: this.#charges(),
      });
      const waiting = await waitingIn(snapshot);
      const first = await waitingIn(snapshot, this.#began);
      const verdicts = await this.#verdicts(snapshot, orders, waiting);
      const unconsumedFirst = unconsumed.filter(({ look }) => look === 0).length;
      this.#looks++;
      return auditReportOf({
        verdicts,
        waiting,
        unconsumed: unconsumed.length,
        notJudged: [...this.#older(orders.unchecked), ...this.#records.notJudged],
        sinceBegin: { sagas: first.openSagas, events: first.unsent + first.parked + unconsumedFirst + orders.suspects },
        at: snapshot.at,
        tookMs: Math.round(performance.now() - startedAt),
      });
    } finally {
      await snapshot.end();
    }
  }

  close(): Promise<void> {
    return this.#brokers.close();
  }

  /** Descriptions of events that can no longer be judged. */
  #older(unchecked: number): string[] {
    this.#unchecked = Math.max(this.#unchecked, unchecked);
    const events = Math.max(this.#records.removed.records, this.#unchecked);
    const where = this.#records.hasUnreadable ? ', or in unreadable batches,' : '';
    return events > 0 ? [`${events} events beyond the retention of the topics${where} were not checked`] : [];
  }

  async #verdicts(snapshot: Snapshot, { verdicts, lost }: OrdersJudged, waiting: Backlog): Promise<Verdict[]> {
    const [ends, whole, undone, agree] = verdicts;
    const twice = await capturedTwice(snapshot);
    const ledger = await readLedgerSums(snapshot.of('payment'));
    const unsendable = [...waiting.unsendable].map(
      ([service, rows]) => `${service}: ${rows} outbox rows can never be sent`,
    );
    const { removed } = this.#records;
    const found = Violations.of([...unsendable, ...this.#records.violations]);
    found.addAll({ violations: lost.listed, checked: { violations: lost.count } });
    const captured = Violations.of(twice);
    captured.addAll(whole);
    return [
      ends,
      verdict(whole.promise, { completed: whole.checked.completed! }, captured),
      undone,
      await stockIn(snapshot),
      moneyBalances({ ledger: { ...ledger, ...NO_ORDERS } }),
      verdict(
        'every committed row reaches its topic, every record stems from a row, each event takes effect at most once',
        { records: this.#records.count, ...(removed.records > 0 && { removed: removed.records }) },
        found,
      ),
      agree,
    ];
  }

  /** In the first pass, loads all charges page by page if they are not too many; later only those of judged orders. */
  #charges(): Charges {
    const { providerUrl } = this.sources;
    if (this.#looks > 0) return (references) => chargesOf(providerUrl, references);
    let all: Promise<ReadonlyMap<string, ChargeEntry> | undefined> | undefined;
    return async (references) => {
      all ??= readCharges(providerUrl, MOST_CHARGES).then(
        (found) => found && new Map(found.map((charge) => [charge.reference, charge])),
      );
      const known = await all;
      return known ? references.flatMap((reference) => known.get(reference) ?? []) : chargesOf(providerUrl, references);
    };
  }
}
