import { withDatabase } from '../running/with-database.js';

/** A parked message or dead letter of a saga. */
export interface ParkedMessage {
  readonly id: string;
  readonly step: string;
  readonly messageId: string;
  /** `retrying`, `queued` behind another message of its key, or `dead`. */
  readonly state: string;
  readonly code: string;
  readonly cause: string;
  readonly attempts: number;
  /** ISO 8601. */
  readonly parkedAt: string;
}

/** The content of a service's database about one saga. */
export interface ServiceFacts {
  /** `step messageId` of each processed message. */
  readonly accepted: ReadonlySet<string>;
  readonly parked: readonly ParkedMessage[];
  /** Committed events that are not published yet. */
  readonly unpublished: number;
}

/** The facts, or the cause of a failed query. */
export type SeenFacts = ServiceFacts | { readonly cause: string };

const ACCEPTED = `select step || ' ' || message_id as accepted from inbox where message_id = any($1::uuid[])`;
const PARKED = `
  select id::text, step, message_id as "messageId", state, code, cause, attempts,
         to_json(parked_at) #>> '{}' as "parkedAt"
    from parked where message_id = any($1::uuid[]) or key = any($2::text[]) order by parked.id`;
const UNPUBLISHED = 'select count(*)::int as records from outbox_records where key = any($1::text[])';

/** Queries the database of a service for events and keys of a saga. */
export function factsOf(database: string, ids: readonly string[], keys: readonly string[]): Promise<SeenFacts> {
  return withDatabase(database, async (client): Promise<SeenFacts> => {
    const accepted = await client.query<{ accepted: string }>(ACCEPTED, [ids]);
    const parked = await client.query<ParkedMessage>(PARKED, [ids, keys]);
    const unpublished = await client.query<{ records: number }>(UNPUBLISHED, [keys]);
    return {
      accepted: new Set(accepted.rows.map((row) => row.accepted)),
      parked: parked.rows,
      unpublished: unpublished.rows[0]!.records,
    };
  }).catch((error: unknown) => ({ cause: error instanceof Error ? error.message : String(error) }));
}

export const isKnown = (facts: SeenFacts | undefined): facts is ServiceFacts =>
  facts !== undefined && !('cause' in facts);
