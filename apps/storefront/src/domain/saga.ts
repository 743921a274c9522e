import { eventsHandledBy, eventsOf, isFailure, type Row, Saga } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { asSaid, type KnownEvent } from './known-event.js';

/** `running` forward, `undoing` (compensating), or the outcome in the table's words. */
export const SAGA_STATES = ['running', 'undoing', 'COMPLETED', 'CANCELLED'] as const;
export type SagaState = (typeof SAGA_STATES)[number];

/** A step that has to emit an event and has not yet. */
export interface Awaited {
  readonly step: string;
  readonly service: string;
  /** Time of the event that it handles, ISO 8601. */
  readonly since: string;
}

/** The known facts about a saga. */
export interface SagaFacts {
  readonly state: SagaState;
  /**
   * The steps that the ending waits for, the one closest to the ending first. At most one while the saga runs forward; several
   * only while two chains compensate at once. Empty once it has ended.
   */
  readonly awaited: readonly Awaited[];
  /** Follow-up steps that have not emitted yet. */
  readonly afterwards: readonly Awaited[];
  /** ISO 8601: the time of OrderCreated, or of the earliest known event while that one is unread. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** The name of the latest event without a known reaction. */
  readonly lastEvent: string;
}

const rows: ReadonlyMap<string, Row> = new Map(Object.entries(checkout.rows));
const steps = [...rows.keys()];
const events = new Map(eventsOf(checkout.rows).map((event) => [event.name, event]));
const endings = new Map(Object.entries(checkout.endings).map(([word, event]) => [event.name, word as SagaState]));
const failures = new Set([...events.values()].filter((event) => isFailure(checkout, event)).map(({ name }) => name));
/** Rows by their distance to the ending: the table lists the forward path, then the compensation, each from its beginning. */
const nearestFirst = steps.toReversed();

/**
 * Derives the state of a saga from its known events. The result depends only on the set, not on the order of reading.
 *
 * A step is awaited if an event that it handles is known and the table still expects an event of it. That holds for a forward
 * step that has neither acted nor been compensated, and for a compensating step unless its target failed or is compensated
 * already. After any failure, interrupt or compensation, forward steps are no longer awaited: they may find a tombstone and never
 * emit, and the ending depends on the compensation alone.
 *
 * Throws for an empty set.
 */
export function sagaOf(known: readonly KnownEvent[]): SagaFacts {
  const said = [...known].sort(asSaid);
  const { state, awaited, afterwards } = standingOf(said);
  const since = (step: string): Awaited => ({
    step,
    service: rows.get(step)!.service,
    since: heardFirst(step, said)!.at,
  });
  return {
    state,
    awaited: awaited.map(since),
    afterwards: afterwards.map(since),
    startedAt: (said.find(({ type }) => type === 'OrderCreated') ?? earliest(said)).at,
    endedAt: said.find(({ type }) => endings.has(type))?.at ?? null,
    lastEvent: latest(said).type,
  };
}

/** The state of a saga that the table alone derives from the emissions of its steps. */
interface Standing {
  readonly state: SagaState;
  readonly awaited: readonly string[];
  readonly afterwards: readonly string[];
}

const standings = new Map<string, Standing>();
/** A saga has few states; only foreign records could create more than this, and those must not fill the memory. */
const MAX_STANDINGS = 5_000;

function standingOf(said: readonly KnownEvent[]): Standing {
  const name = said.map(({ step, type }) => `${step} ${type}`).join();
  const found = standings.get(name);
  if (found) return found;
  const ending = said.find(({ type }) => endings.has(type));
  const state = ending ? endings.get(ending.type)! : said.some(turnsBack) ? 'undoing' : 'running';
  const standing = {
    state,
    awaited: ending ? [] : awaitedIn(said, state),
    afterwards: ending ? afterwardsOf(said) : [],
  };
  if (standings.size >= MAX_STANDINGS) standings.clear();
  standings.set(name, standing);
  return standing;
}

function awaitedIn(said: readonly KnownEvent[], state: SagaState): string[] {
  // Only the order within a service determines the next events of its rows; `said` preserves that order.
  const saga = said
    .filter(isOfTheTable)
    .reduce((each, { step, type }) => each.after({ step, event: events.get(type)! }), Saga.begin(checkout));
  const speaking = nearestFirst.filter((step) => {
    const row = rows.get(step)!;
    if (row.role !== undefined || (state === 'undoing') !== (row.compensates !== undefined)) return false;
    return heardFirst(step, said) !== undefined && saga.choices(step).length > 0;
  });
  return state === 'running' ? speaking.slice(0, 1) : speaking;
}

/** Events of an older or newer table are shown, but do not count for the awaited steps. */
const isOfTheTable = ({ step, type }: KnownEvent): boolean => {
  const event = events.get(type);
  return event !== undefined && (rows.get(step)?.emits.includes(event) ?? false);
};

/** The completion of a row that emits nothing is not observable. */
const afterwardsOf = (said: readonly KnownEvent[]): string[] =>
  steps.filter((step) => {
    const row = rows.get(step)!;
    if (row.role !== 'follow-up' || row.emits.length === 0) return false;
    return heardFirst(step, said) !== undefined && !said.some((event) => event.step === step);
  });

/** The earliest of the known events that the row handles. */
function heardFirst(step: string, said: readonly KnownEvent[]): KnownEvent | undefined {
  const names = eventsHandledBy(rows.get(step)!).map(({ name }) => name);
  const payload = said.filter(({ type }) => names.includes(type));
  return payload.length > 0 ? earliest(payload) : undefined;
}

/**
 * Whether this event starts or belongs to the compensation: a failure, an interrupt by a caller or the deadline, or a
 * compensating event.
 */
const turnsBack = ({ type, step }: KnownEvent): boolean =>
  failures.has(type) || rows.get(step)?.role === 'interrupt' || rows.get(step)?.compensates !== undefined;

const earliest = (some: readonly KnownEvent[]): KnownEvent => some.reduce((a, b) => (b.at < a.at ? b : a));

/** The latest event, by time, without a known reaction. */
function latest(said: readonly KnownEvent[]): KnownEvent {
  const answered = new Set(said.map(({ causationId }) => causationId));
  const last = said.filter(({ eventId }) => !answered.has(eventId));
  return (last.length > 0 ? last : said).reduce((a, b) => (b.at >= a.at ? b : a));
}
