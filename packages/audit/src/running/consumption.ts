import type { RecordEntry } from '../books.js';
import { consumersOf } from './consumers.js';
import type { OffsetSnapshot } from './offset-snapshot.js';
import { offsetOf, partitionOf } from './reading.js';
import type { Audited, Snapshot } from './snapshot.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isUuid = (text: string | null): text is string => text !== null && UUID.test(text);

const ACCEPTED = 'select step, message_id as id from inbox where message_id = any($1::uuid[])';
/** A parked message is in the inbox as well: its step has not run yet, so its effects are not expected. */
const TAKEN = `
  select step, message_id as id from inbox i where message_id = any($1::uuid[])
     and not exists (select from parked p where p.step = i.step and p.message_id = i.message_id)`;

/** `step message` of those of these messages that a service has accepted, including parked ones. */
const acceptedOf = (snapshot: Snapshot, service: Audited, messages: Iterable<string>) =>
  inboxOf(snapshot, service, messages, ACCEPTED);

async function inboxOf(
  snapshot: Snapshot,
  service: Audited,
  messages: Iterable<string>,
  statement: string,
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(messages)].filter(isUuid);
  if (ids.length === 0) return new Set();
  const { rows } = await snapshot.of(service).query<{ step: string; id: string }>(statement, [ids]);
  return new Set(rows.map(({ step, id }) => `${step} ${id}`));
}

/**
 * Parked and discarded messages, by message id and by place. Both are searched in the text: PostgreSQL's operators cannot parse
 * every JSON value that a column can store, and parked messages may be unreadable. The place is at the start of a text that may
 * be long.
 */
const HEAD = 10_000;
const PARKED_OR_DEAD = `
  with aside as (
    select message_id::text as id, left(message::text, ${HEAD}) as text, false as discarded from parked
    union all
    select substring(parked::text from '"message_id":"([0-9a-f-]{36})"'), left(parked::text, ${HEAD}), true
      from parked_audit where action = 'discard'
  ), placed as (
    select id, regexp_match(text, '"topic"\\s*:\\s*"([^"\\\\]*)"\\s*,\\s*"partition"\\s*:\\s*(\\d+)\\s*,\\s*"offset"\\s*:\\s*"(\\d+)"') as at, discarded
      from aside
  ), named as (
    select id, at[1] || '/' || at[2] || '/' || at[3] as place, discarded from placed
  )
  select unnest(array[id, place]) as name, discarded from named where id = any($1::text[]) or place = any($2::text[])`;

/**
 * Returns which of these messages a service has parked, by id and place; true for messages that an operator discarded: those are
 * neither lost nor pending.
 */
async function parkedOrDead(
  snapshot: Snapshot,
  service: Audited,
  records: readonly RecordEntry[],
): Promise<ReadonlyMap<string, boolean>> {
  if (records.length === 0) return new Map();
  const { rows } = await snapshot
    .of(service)
    .query<{ name: string | null; discarded: boolean }>(PARKED_OR_DEAD, [
      records.map(({ eventId }) => eventId).filter(isUuid),
      records.map(({ place }) => place),
    ]);
  const parked = new Map<string, boolean>();
  for (const { name, discarded } of rows) if (name) parked.set(name, discarded || parked.get(name) === true);
  return parked;
}

/** The records that some of their steps have not processed, and those among them that are lost. */
export interface Consumption {
  readonly unconsumed: readonly RecordEntry[];
  /** Descriptions: the group has advanced, and the service has neither processed nor parked the record. */
  readonly lost: readonly string[];
}

/** Checks for each consuming service whether it processed these records. */
export async function checkConsumption(
  snapshot: Snapshot,
  cut: OffsetSnapshot,
  records: readonly RecordEntry[],
): Promise<Consumption> {
  const unconsumed = new Set<RecordEntry>();
  const lost: string[] = [];
  for (const service of snapshot.services) {
    const wanted = records.flatMap((record) =>
      consumersOf(record.type).flatMap((hearer) => (hearer.service === service ? [{ record, step: hearer.step }] : [])),
    );
    const accepted = await inboxOf(
      snapshot,
      service,
      wanted.map(({ record }) => record.eventId),
      TAKEN,
    );
    const missing = wanted.filter(({ record, step }) => !accepted.has(`${step} ${record.eventId}`));
    const passed = missing.filter(({ record }) => isPassed(cut, service, record.place));
    const parked = await parkedOrDead(
      snapshot,
      service,
      passed.map(({ record }) => record),
    );
    const gone = new Set(passed.filter(({ record }) => isParkedOrDead(parked, record) === undefined));
    for (const each of missing) {
      if (isParkedOrDead(parked, each.record)) continue;
      unconsumed.add(each.record);
      if (gone.has(each)) lost.push(lostInWords(each, service, cut));
    }
  }
  return { unconsumed: [...unconsumed], lost };
}

const isParkedOrDead = (parked: ReadonlyMap<string, boolean>, { place, eventId }: RecordEntry): boolean | undefined =>
  parked.get(place) ?? parked.get(eventId);

function lostInWords(
  { record, step }: { record: RecordEntry; step: string },
  service: string,
  { begins }: OffsetSnapshot,
): string {
  const isRemoved = offsetOf(record) < (begins.get(partitionOf(record)) ?? 0n);
  const how = isRemoved ? 'was removed from its topic before it was taken by' : 'was skipped by';
  return `${record.type} ${record.eventId} at ${record.place} ${how} ${step} of ${service}`;
}

/** Whether the service's group had committed an offset beyond this record at the cut. */
function isPassed({ committed }: OffsetSnapshot, service: string, place: string): boolean {
  const at = place.lastIndexOf('/');
  const offset = committed.get(service)?.get(place.slice(0, at));
  return offset !== undefined && BigInt(place.slice(at + 1)) < offset;
}

/** Records without a committed row. They are below the cut, so their rows must be in the snapshot. */
export async function ghosts(snapshot: Snapshot, records: readonly RecordEntry[]): Promise<RecordEntry[]> {
  const found: RecordEntry[] = [];
  const caused = records.filter(({ causationId }) => causationId !== null);
  for (const service of new Set(caused.map((record) => record.service))) {
    const own = caused.filter((record) => record.service === service);
    const accepted = snapshot.has(service)
      ? await acceptedOf(
          snapshot,
          service,
          own.map(({ causationId }) => causationId!),
        )
      : new Set<string>();
    for (const record of own) if (!accepted.has(`${record.step} ${record.causationId}`)) found.push(record);
  }
  const first = records.filter(({ service, causationId }) => service === 'order' && causationId === null);
  const { rows } = await snapshot
    .of('order')
    .query<{ id: string }>('select event_id as id from order_events where stream_id = any($1::uuid[])', [
      [...new Set(first.map(({ key }) => key))].filter(isUuid),
    ]);
  const published = new Set(rows.map(({ id }) => id));
  return [...found, ...first.filter(({ eventId }) => !published.has(eventId))];
}

/** Describes a record without a committed row. */
export const ghostInWords = ({ type, eventId, place, service }: RecordEntry): string =>
  `${type} ${eventId} at ${place} stems from no committed row of ${service}`;
