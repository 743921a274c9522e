import { parkedCount } from '@quadrille/inbox';
import { pending } from '@quadrille/outbox';
import { transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';

/**
 * Lifetime of a result in ms: more frequent requests get the same one, as each costs one query to the database and one to the
 * brokers.
 */
const FRESH_FOR_MS = 900;

/** Pending work of a service. A part that cannot be queried now is null. */
export interface WorkloadFacts {
  readonly service: string;
  readonly pid: number;
  /** ISO 8601. A later time than before means that the process was restarted. */
  readonly startedAt: string;
  /** Committed events that have not reached their topic. */
  readonly outbox: { readonly rows: number; readonly oldestAgeSeconds: number } | null;
  /** Consumer lag of the service's group by topic. */
  readonly lag: Readonly<Record<string, number>> | null;
  /** Parked messages by state. */
  readonly parked: { readonly retrying: number; readonly dead: number; readonly queued: number } | null;
}

/** Sources of the workload. An absent component has no source. */
export interface WorkloadSources {
  readonly service: string;
  readonly pool: Pool;
  /** By `topic/partition`. */
  readonly consumer?: { lag(): Promise<Record<string, number>> };
}

/** Reads the pending work of a service, at most about once per second. */
export class Workload {
  private readonly startedAt = new Date(Date.now() - process.uptime() * 1_000).toISOString();
  private read: { readonly at: number; readonly facts: Promise<WorkloadFacts> } | undefined;

  constructor(private readonly sources: WorkloadSources) {}

  now(at = Date.now()): Promise<WorkloadFacts> {
    if (!this.read || at - this.read.at > FRESH_FOR_MS) this.read = { at, facts: this.query() };
    return this.read.facts;
  }

  private async query(): Promise<WorkloadFacts> {
    const { service, pool, consumer } = this.sources;
    const [rows, lag] = await Promise.all([
      transaction(pool, async (tx) => ({ outbox: await pending(tx), parked: await parkedCount(tx) })).catch(() => null),
      consumer ? consumer.lag().then(byTopic, () => null) : null,
    ]);
    const { startedAt } = this;
    return { service, pid: process.pid, startedAt, lag, outbox: rows?.outbox ?? null, parked: rows?.parked ?? null };
  }
}

/** Sums partitions. */
function byTopic(lag: Readonly<Record<string, number>>): Record<string, number> {
  const topics: Record<string, number> = {};
  for (const [name, records] of Object.entries(lag)) {
    const topic = name.slice(0, name.lastIndexOf('/'));
    topics[topic] = (topics[topic] ?? 0) + Math.max(0, records);
  }
  return topics;
}
