import type { RecordEntry } from '../books.js';
import type { Cut } from './cut.js';
import { hearersOf } from './hearers.js';
import type { Audited, Snapshot } from './snapshot.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isUuid = (text: string | null): text is string => text !== null && UUID.test(text);

/** `step message` of what a service has accepted of these messages. */
export async function acceptedOf(
  snapshot: Snapshot,
  service: Audited,
  messages: Iterable<string>,
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(messages)].filter(isUuid);
  if (ids.length === 0) return new Set();
  const { rows } = await snapshot
    .of(service)
    .query<{ step: string; id: string }>(
      'select step, message_id as id from inbox where message_id = any($1::uuid[])',
      [ids],
    );
  return new Set(rows.map(({ step, id }) => `${step} ${id}`));
}

const SET_ASIDE = `
  with aside as (
    select message, false as discarded from parked
    union all select parked->'message', true from parked_audit where action = 'discard'
  )
  select place, bool_or(discarded) as discarded from (
    select (message->>'topic') || '/' || (message->>'partition') || '/' || (message->>'offset') as place, discarded from aside
  ) each where place = any($1::text[]) group by place`;

/** Which of these places a service has set aside; true for what an operator gave up: that is not lost, and nobody waits for it. */
async function setAside(
  snapshot: Snapshot,
  service: Audited,
  places: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  if (places.length === 0) return new Map();
  const { rows } = await snapshot.of(service).query<{ place: string; discarded: boolean }>(SET_ASIDE, [places]);
  return new Map(rows.map(({ place, discarded }) => [place, discarded]));
}

/** Of some records: which are not taken by all that hear them, and which of these never will be. */
export interface Hearing {
  readonly unheard: readonly RecordEntry[];
  /** In words: the group has gone on, and the service has neither taken nor parked it. */
  readonly lost: readonly string[];
}

/** Asks each hearing service what it has made of these records. */
export async function heard(snapshot: Snapshot, cut: Cut, records: readonly RecordEntry[]): Promise<Hearing> {
  const unheard = new Set<RecordEntry>();
  const lost: string[] = [];
  for (const service of snapshot.services) {
    const wanted = records.flatMap((record) =>
      hearersOf(record.type).flatMap((hearer) => (hearer.service === service ? [{ record, step: hearer.step }] : [])),
    );
    const accepted = await acceptedOf(
      snapshot,
      service,
      wanted.map(({ record }) => record.eventId),
    );
    const missing = wanted.filter(({ record, step }) => !accepted.has(`${step} ${record.eventId}`));
    const passed = missing.filter(({ record }) => isPassed(cut, service, record.place));
    const aside = await setAside(
      snapshot,
      service,
      passed.map(({ record }) => record.place),
    );
    const gone = new Set(passed.filter(({ record }) => !aside.has(record.place)));
    for (const each of missing) {
      const { record, step } = each;
      if (aside.get(record.place)) continue;
      unheard.add(record);
      if (gone.has(each))
        lost.push(`${record.type} ${record.eventId} at ${record.place} was passed over by ${step} of ${service}`);
    }
  }
  return { unheard: [...unheard], lost };
}

/** Whether the group of the service had committed more than this record when the cut was made. */
function isPassed({ committed }: Cut, service: string, place: string): boolean {
  const at = place.lastIndexOf('/');
  const offset = committed.get(service)?.get(place.slice(0, at));
  return offset !== undefined && BigInt(place.slice(at + 1)) < offset;
}

/** Records that no committed row accounts for. They lie below the cut, so their rows were there before the snapshot. */
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
    found.push(...own.filter(({ step, causationId }) => !accepted.has(`${step} ${causationId}`)));
  }
  const first = records.filter(({ service, causationId }) => service === 'order' && causationId === null);
  const { rows } = await snapshot
    .of('order')
    .query<{ id: string }>('select event_id as id from order_events where stream_id = any($1::uuid[])', [
      [...new Set(first.map(({ key }) => key))].filter(isUuid),
    ]);
  const said = new Set(rows.map(({ id }) => id));
  return [...found, ...first.filter(({ eventId }) => !said.has(eventId))];
}

/** A ghost in words. */
export const ghostInWords = ({ type, eventId, place, service }: RecordEntry): string =>
  `${type} ${eventId} at ${place} stems from no committed row of ${service}`;
