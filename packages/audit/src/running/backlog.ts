import { momentInWords } from './orders.js';
import type { Snapshot } from './snapshot.js';

/** Unfinished work at a point in time: all of it, or the part from before an earlier time. */
export interface Backlog {
  readonly openSagas: number;
  /** ISO 8601: when the oldest open order was placed; null without one. */
  readonly oldestPlacedAt: string | null;
  /** Rows of outboxes that have not reached their topic. */
  readonly unsent: number;
  /** Parked messages: retried, queued behind one, or dead letters. */
  readonly parked: number;
  /** Rows that can never be sent, by service. */
  readonly unsendable: ReadonlyMap<string, number>;
}

const OPEN = `
  select count(*)::float8 as open, (extract(epoch from min(placed_at)) * 1000)::float8 as oldest from orders
   where status in ('PLACED', 'CANCELLING') and placed_at <= coalesce($1, 'infinity'::timestamptz)`;

const PLUMBING = `
  select (select coalesce(sum(size), 0)::float8 from outbox where created_at <= coalesce($1, 'infinity'::timestamptz)) as unsent,
         (select count(*)::float8 from parked where parked_at <= coalesce($1, 'infinity'::timestamptz)) as parked,
         (select count(*)::float8 from outbox_dead) as dead`;

/** `until`: only work that began before it. */
export async function waitingIn(snapshot: Snapshot, until?: Date): Promise<Backlog> {
  const orders = await snapshot.of('order').query<{ open: number; oldest: number | null }>(OPEN, [until ?? null]);
  const { open, oldest } = orders.rows[0]!;
  let [unsent, parked] = [0, 0];
  const unsendable = new Map<string, number>();
  for (const service of snapshot.services) {
    const { rows } = await snapshot
      .of(service)
      .query<{ unsent: number; parked: number; dead: number }>(PLUMBING, [until ?? null]);
    unsent += rows[0]!.unsent;
    parked += rows[0]!.parked;
    if (rows[0]!.dead > 0) unsendable.set(service, rows[0]!.dead);
  }
  return {
    openSagas: open,
    oldestPlacedAt: oldest === null ? null : momentInWords(oldest),
    unsent,
    parked,
    unsendable,
  };
}
