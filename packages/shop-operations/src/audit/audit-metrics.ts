import type { AuditReport } from '@quadrille/audit';
import { Gauge, Histogram, Registry } from 'prom-client';

const MS_PER_SECOND = 1_000;
/** Seconds a look may take. */
const DURATIONS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What the audit tells Prometheus. */
export class AuditMetrics {
  readonly registry = new Registry();
  readonly #violations = new Gauge({
    name: 'quadrille_audit_violations',
    help: 'What breaks a promise, as the last audit counted it.',
    labelNames: ['promise'],
    registers: [this.registry],
  });
  readonly #lastSuccess = new Gauge({
    name: 'quadrille_audit_last_success_timestamp_seconds',
    help: 'When the system was last read as a whole, whatever the verdict.',
    registers: [this.registry],
  });
  readonly #orders = new Gauge({
    name: 'quadrille_audit_orders',
    help: 'Orders that were audited, by how they stand.',
    labelNames: ['status'],
    registers: [this.registry],
  });
  readonly #failures = new Gauge({
    name: 'quadrille_audit_failures',
    help: 'Looks in a row that could not read the system.',
    registers: [this.registry],
  });
  readonly #duration = new Histogram({
    name: 'quadrille_audit_duration_seconds',
    help: 'How long a look took.',
    buckets: DURATIONS,
    registers: [this.registry],
  });

  /** The system was read. */
  told({ promises, pending, at, tookMs }: AuditReport): void {
    this.#lastSuccess.set(Date.parse(at) / MS_PER_SECOND);
    this.#failures.set(0);
    this.#duration.observe(tookMs / MS_PER_SECOND);
    for (const { promise, checked } of promises) this.#violations.set({ promise }, checked.violations ?? 0);
    const { completed = 0, cancelled = 0 } = promises[0]?.checked ?? {};
    this.#orders.set({ status: 'completed' }, completed);
    this.#orders.set({ status: 'cancelled' }, cancelled);
    this.#orders.set({ status: 'open' }, pending.openSagas);
  }

  /** It could not be read. */
  failed(): void {
    this.#failures.inc();
  }
}
