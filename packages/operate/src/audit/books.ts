import type { PublishedEvent } from '../running/published-events.js';
import { withDatabase } from '../running/with-database.js';

/** The content of a service's database that an audit needs. */
export interface ServiceBooks {
  /** `step messageId` of each processed message. */
  readonly accepted: ReadonlySet<string>;
  /** `step messageId` of each message that is parked or dead, with its state. */
  readonly parked: ReadonlyMap<string, string>;
  /** Outbox rows that were committed before the audit began. */
  readonly unpublished: number;
  /** Outbox rows that can never be published. */
  readonly unpublishable: number;
}

/** Topics and databases at one time. */
export interface Books {
  /** The events that were on their topics when the audit began. */
  readonly events: readonly PublishedEvent[];
  /** All events that are on the topics now. */
  readonly now: readonly PublishedEvent[];
  /** By service; a cause if the database cannot be queried. */
  readonly services: ReadonlyMap<string, ServiceBooks | { readonly cause: string }>;
  /** ISO 8601. Inboxes delete older ids, so older events are not judged by them. */
  readonly rememberedSince: string;
}

const PARKED = `select step || ' ' || message_id as message, state from parked`;
const ACCEPTED = `select step || ' ' || message_id as accepted from inbox where accepted_at >= $1`;
const OUTBOX = `
  select (select count(*)::int from outbox where created_at < now() - make_interval(secs => $1)) as unpublished,
         (select count(*)::int from outbox_dead) as unpublishable`;

/** Reads the books of a service; `sinceMs`: the age of the audit. */
export function readBooks(
  database: string,
  rememberedSince: string,
  sinceMs: number,
): Promise<ServiceBooks | { readonly cause: string }> {
  return withDatabase(database, async (client): Promise<ServiceBooks> => {
    const accepted = await client.query<{ accepted: string }>(ACCEPTED, [rememberedSince]);
    const parked = await client.query<{ message: string; state: string }>(PARKED);
    const outbox = await client.query<{ unpublished: number; unpublishable: number }>(OUTBOX, [sinceMs / 1_000]);
    return {
      accepted: new Set(accepted.rows.map((row) => row.accepted)),
      parked: new Map(parked.rows.map(({ message, state }) => [message, state])),
      ...outbox.rows[0]!,
    };
  }).catch((error: unknown) => ({ cause: error instanceof Error ? error.message : String(error) }));
}
