import { eventsHandledBy, eventsOf, isFailure, type Row, Saga } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { asSaid, type KnownEvent } from './known-event.js';

/** `running` forward, `compensating` backward, or the word for how it ended. */
export const SAGA_STATES = ['running', 'undoing', 'COMPLETED', 'CANCELLED'] as const;
export type SagaState = (typeof SAGA_STATES)[number];

/** A step that will say something, and has not yet. */
export interface Awaited {
  readonly step: string;
  readonly service: string;
  /** When the event happened that it hears, ISO 8601. */
  readonly since: string;
}

/** What is known about a saga. */
export interface SagaFacts {
  readonly state: SagaState;
  /**
   * The steps the ending waits for, the one closest to the ending first. At most one while the saga runs forward; several only while
   * two chains undo at once. None once it has ended.
   */
  readonly awaited: readonly Awaited[];
  /** Steps that come after the ending and have not said anything yet. */
  readonly afterwards: readonly Awaited[];
  /** ISO 8601: of OrderCreated; of the earliest known event while that one has not been read. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** The name of the latest event that nobody has answered yet. */
  readonly lastEvent: string;
}

const rows: ReadonlyMap<string, Row> = new Map(Object.entries(checkout.rows));
const steps = [...rows.keys()];
const events = new Map(eventsOf(checkout.rows).map((event) => [event.name, event]));
const endings = new Map(Object.entries(checkout.endings).map(([word, event]) => [event.name, word as SagaState]));
const failures = new Set([...events.values()].filter((event) => isFailure(checkout, event)).map(({ name }) => name));
/** Rows by how near they are to the ending: the table lists the way forward, then the way back, each from its beginning. */
const nearestFirst = steps.toReversed();

/**
 * What a saga has come to, from all that is known of it: a function of the set of events, not of the order in which they were read.
 *
 * A step is awaited when an event it hears is known and the table says that it still has something to say. A forward step has when
 * it has neither acted nor been undone, an undoing step unless what it undoes failed by itself or is undone already. Once
 * anything failed, interrupted or undid, forward steps are awaited no longer: they may find a tombstone and stay silent for ever, and
 * the ending depends on the way back alone.
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

/** What the table alone says about a saga: who said what. */
interface Standing {
  readonly state: SagaState;
  readonly awaited: readonly string[];
  readonly afterwards: readonly string[];
}

const standings = new Map<string, Standing>();
/** Sagas go few ways; only foreign records could make more of them than this, and those must not fill the memory. */
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
  // Only the order within a service counts for what its rows may still say; `said` has that.
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

/** An older or newer table had other steps and events; what was kept of them is shown, and says nothing of what is awaited now. */
const isOfTheTable = ({ step, type }: KnownEvent): boolean => {
  const event = events.get(type);
  return event !== undefined && (rows.get(step)?.emits.includes(event) ?? false);
};

/** A row that says nothing is never seen to be done. */
const afterwardsOf = (said: readonly KnownEvent[]): string[] =>
  steps.filter((step) => {
    const row = rows.get(step)!;
    if (row.role !== 'follow-up' || row.emits.length === 0) return false;
    return heardFirst(step, said) !== undefined && !said.some((event) => event.step === step);
  });

/** The earliest of the known events that the row hears. */
function heardFirst(step: string, said: readonly KnownEvent[]): KnownEvent | undefined {
  const names = eventsHandledBy(rows.get(step)!).map(({ name }) => name);
  const payload = said.filter(({ type }) => names.includes(type));
  return payload.length > 0 ? earliest(payload) : undefined;
}

/** After this event the saga goes back: a step failed, a caller or the clock interrupted, or something is undone already. */
const turnsBack = ({ type, step }: KnownEvent): boolean =>
  failures.has(type) || rows.get(step)?.role === 'interrupt' || rows.get(step)?.compensates !== undefined;

const earliest = (some: readonly KnownEvent[]): KnownEvent => some.reduce((a, b) => (b.at < a.at ? b : a));

/** Of the events that nobody answered, as far as is known, the latest by time. */
function latest(said: readonly KnownEvent[]): KnownEvent {
  const answered = new Set(said.map(({ causationId }) => causationId));
  const last = said.filter(({ eventId }) => !answered.has(eventId));
  return (last.length > 0 ? last : said).reduce((a, b) => (b.at >= a.at ? b : a));
}
