import { parkedCount } from '@quadrille/inbox';
import { pending } from '@quadrille/outbox';
import { transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';

/** Asked more often than this, everybody is given the same answer: it costs the database and the brokers a question each. */
const FRESH_FOR_MS = 900;

/** What waits in a service. A part that cannot be asked just now is null. */
export interface WorkloadFacts {
  readonly service: string;
  readonly pid: number;
  /** ISO 8601: a later one than before means that the process was started again. */
  readonly startedAt: string;
  /** What was said and has not reached its topic. */
  readonly outbox: { readonly rows: number; readonly oldestAgeSeconds: number } | null;
  /** Records of each topic that the service's group has not taken. */
  readonly lag: Readonly<Record<string, number>> | null;
  /** Messages put aside, by what they wait for. */
  readonly parked: { readonly retrying: number; readonly dead: number; readonly queued: number } | null;
}

/** Where the workload is read. What a service does not have is absent. */
export interface WorkloadSources {
  readonly service: string;
  readonly pool: Pool;
  /** By `topic/partition`. */
  readonly consumer?: { lag(): Promise<Record<string, number>> };
}

/** Says how much waits in a service, at most about once a second. */
export class Workload {
  private readonly startedAt = new Date(Date.now() - process.uptime() * 1_000).toISOString();
  private read: { readonly at: number; readonly facts: Promise<WorkloadFacts> } | undefined;

  constructor(private readonly sources: WorkloadSources) {}

  now(at = Date.now()): Promise<WorkloadFacts> {
    if (!this.read || at - this.read.at > FRESH_FOR_MS) this.read = { at, facts: this.ask() };
    return this.read.facts;
  }

  private async ask(): Promise<WorkloadFacts> {
    const { service, pool, consumer } = this.sources;
    const [rows, lag] = await Promise.all([
      transaction(pool, async (tx) => ({ outbox: await pending(tx), parked: await parkedCount(tx) })).catch(() => null),
      consumer ? consumer.lag().then(byTopic, () => null) : null,
    ]);
    const { startedAt } = this;
    return { service, pid: process.pid, startedAt, lag, outbox: rows?.outbox ?? null, parked: rows?.parked ?? null };
  }
}

/** Partitions added up. */
function byTopic(lag: Readonly<Record<string, number>>): Record<string, number> {
  const topics: Record<string, number> = {};
  for (const [name, records] of Object.entries(lag)) {
    const topic = name.slice(0, name.lastIndexOf('/'));
    topics[topic] = (topics[topic] ?? 0) + Math.max(0, records);
  }
  return topics;
}
