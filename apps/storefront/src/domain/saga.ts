import { eventsHandledBy, eventsOf, isFailure, type Row, Saga } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { byEmission, type KnownEvent } from './known-event.js';

/** `running` forward, `compensating` (compensating), or the outcome in the table's words. */
export const SAGA_STATES = ['running', 'compensating', 'COMPLETED', 'CANCELLED'] as const;
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
  const events = [...known].sort(byEmission);
  const { state, awaited, afterwards } = progressOf(events);
  const since = (step: string): Awaited => ({
    step,
    service: rows.get(step)!.service,
    since: firstHandled(step, events)!.at,
  });
  return {
    state,
    awaited: awaited.map(since),
    afterwards: afterwards.map(since),
    startedAt: (events.find(({ type }) => type === 'OrderCreated') ?? earliest(events)).at,
    endedAt: events.find(({ type }) => endings.has(type))?.at ?? null,
    lastEvent: latest(events).type,
  };
}

/** The state of a saga that the table alone derives from the emissions of its steps. */
interface Progress {
  readonly state: SagaState;
  readonly awaited: readonly string[];
  readonly afterwards: readonly string[];
}

const standings = new Map<string, Progress>();
/** A saga has few states; only foreign records could create more than this, and those must not fill the memory. */
const MAX_STANDINGS = 5_000;

function progressOf(events: readonly KnownEvent[]): Progress {
  const name = events.map(({ step, type }) => `${step} ${type}`).join();
  const found = standings.get(name);
  if (found) return found;
  const ending = events.find(({ type }) => endings.has(type));
  const state = ending ? endings.get(ending.type)! : events.some(turnsBack) ? 'compensating' : 'running';
  const progress = {
    state,
    awaited: ending ? [] : awaitedIn(events, state),
    afterwards: ending ? afterwardsOf(events) : [],
  };
  if (standings.size >= MAX_STANDINGS) standings.clear();
  standings.set(name, progress);
  return progress;
}

function awaitedIn(history: readonly KnownEvent[], state: SagaState): string[] {
  // Only the order within a service determines the next events of its rows; `history` preserves that order.
  const saga = history
    .filter(isOfTheTable)
    .reduce((each, { step, type }) => each.after({ step, event: events.get(type)! }), Saga.begin(checkout));
  const speaking = nearestFirst.filter((step) => {
    const row = rows.get(step)!;
    if (row.role !== undefined || (state === 'compensating') !== (row.compensates !== undefined)) return false;
    return firstHandled(step, history) !== undefined && saga.choices(step).length > 0;
  });
  return state === 'running' ? speaking.slice(0, 1) : speaking;
}

/** Events of an older or newer table are shown, but do not count for the awaited steps. */
const isOfTheTable = ({ step, type }: KnownEvent): boolean => {
  const event = events.get(type);
  return event !== undefined && (rows.get(step)?.emits.includes(event) ?? false);
};

/** The completion of a row that emits nothing is not observable. */
const afterwardsOf = (events: readonly KnownEvent[]): string[] =>
  steps.filter((step) => {
    const row = rows.get(step)!;
    if (row.role !== 'follow-up' || row.emits.length === 0) return false;
    return firstHandled(step, events) !== undefined && !events.some((event) => event.step === step);
  });

/** The earliest of the known events that the row handles. */
function firstHandled(step: string, events: readonly KnownEvent[]): KnownEvent | undefined {
  const names = eventsHandledBy(rows.get(step)!).map(({ name }) => name);
  const payload = events.filter(({ type }) => names.includes(type));
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
function latest(events: readonly KnownEvent[]): KnownEvent {
  const answered = new Set(events.map(({ causationId }) => causationId));
  const last = events.filter(({ eventId }) => !answered.has(eventId));
  return (last.length > 0 ? last : events).reduce((a, b) => (b.at >= a.at ? b : a));
}
