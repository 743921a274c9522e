import type { AuditReport } from '@quadrille/audit';
import { Gauge, Histogram, Registry } from 'prom-client';

const MS_PER_SECOND = 1_000;
/** Buckets of the duration of an audit, in seconds. */
const DURATIONS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The metrics of the audit. */
export class AuditMetrics {
  readonly registry = new Registry();
  readonly #violations = new Gauge({
    name: 'quadrille_audit_violations',
    help: 'Violations of each promise in the last audit.',
    labelNames: ['promise'],
    registers: [this.registry],
  });
  readonly #lastSuccess = new Gauge({
    name: 'quadrille_audit_last_success_timestamp_seconds',
    help: 'Time of the last audit that could read the whole system, with any verdict.',
    registers: [this.registry],
  });
  readonly #orders = new Gauge({
    name: 'quadrille_audit_orders',
    help: 'Audited orders, by status.',
    labelNames: ['status'],
    registers: [this.registry],
  });
  readonly #failures = new Gauge({
    name: 'quadrille_audit_failures',
    help: 'Consecutive audits that could not read the system.',
    registers: [this.registry],
  });
  readonly #duration = new Histogram({
    name: 'quadrille_audit_duration_seconds',
    help: 'Duration of an audit.',
    buckets: DURATIONS,
    registers: [this.registry],
  });

  /** Records an audit that could read the system. */
  update({ promises, pending, at, tookMs }: AuditReport): void {
    this.#lastSuccess.set(Date.parse(at) / MS_PER_SECOND);
    this.#failures.set(0);
    this.#duration.observe(tookMs / MS_PER_SECOND);
    for (const { promise, checked } of promises) this.#violations.set({ promise }, checked.violations ?? 0);
    const { completed = 0, cancelled = 0 } = promises[0]?.checked ?? {};
    this.#orders.set({ status: 'completed' }, completed);
    this.#orders.set({ status: 'cancelled' }, cancelled);
    this.#orders.set({ status: 'open' }, pending.openSagas);
  }

  /** Records an audit that could not read the system. */
  failed(): void {
    this.#failures.inc();
  }
}
