import {
  type Choreography,
  type DomainEvent,
  type EventType,
  endings,
  eventsOf,
  isFailure,
  type Row,
} from '@quadrille/choreography';
import type { Look, Promised } from '../explore/look.js';

/** The ending of a saga: its outcome in the table's words, and its events in the order of the table. */
export interface SagaEnding {
  readonly outcome: string;
  readonly events: readonly string[];
}

/** A view of a state with the events of a key. */
export interface SagaLook extends Look {
  eventsOf(key: string): DomainEvent[];
}

type Wrong = (events: readonly DomainEvent[]) => string | undefined;

/** The promises that follow from any table, for each started saga of these keys. */
export function promisesOf(choreography: Choreography, keys: readonly string[]): Promised<SagaLook>[] {
  const inSaga = sagaEventsOf(choreography);
  const promised = (name: string, wrong: Wrong): Promised<SagaLook> => ({
    name,
    when: 'quiet',
    wrong(look) {
      for (const key of keys) {
        const events = look.eventsOf(key).filter(({ type }) => inSaga.has(type));
        const explanation = events.length > 0 ? wrong(events) : undefined;
        if (explanation !== undefined) return `${explanation} (key ${key})`;
      }
      return undefined;
    },
  });
  return [
    promised('every saga ends, in one way', endsOnce(choreography)),
    promised('completed steps are compensated when the saga turns back', isUndone(choreography)),
    promised('a saga follows the table', goesByTheTable(choreography)),
  ];
}

/** Returns the endings of the started sagas of these keys; undefined if none has started. */
export function endingsOf(
  choreography: Choreography,
  keys: readonly string[],
  look: SagaLook,
): SagaEnding[] | undefined {
  const ended = keys.flatMap((key): SagaEnding[] => {
    const emitted = look.eventsOf(key);
    const [outcome] = outcomesOf(choreography, emitted);
    const events = eventsOf(choreography.rows).filter((event) => has(emitted, event));
    return outcome === undefined ? [] : [{ outcome, events: events.map(({ name }) => name) }];
  });
  return ended.length === 0 ? undefined : ended;
}

/** Returns the names of all events that rows of the saga emit, without those of follow-ups. */
export function sagaEventsOf({ rows }: Choreography): Set<string> {
  const saga = Object.entries(rows).filter(([, row]) => row.role !== 'follow-up');
  return new Set(eventsOf(Object.fromEntries(saga)).map(({ name }) => name));
}

export const outcomesOf = ({ endings: words }: Choreography, events: readonly DomainEvent[]): string[] =>
  Object.entries(words).flatMap(([word, event]) => (has(events, event) ? [word] : []));

const endsOnce =
  (choreography: Choreography): Wrong =>
  (events) => {
    const outcomes = outcomesOf(choreography, events);
    if (outcomes.length === 1) return undefined;
    const far = events.map(({ type }) => type).join(', ');
    if (outcomes.length > 1) return `The saga ended as ${outcomes.join(' and as ')}.`;
    return `No message is in transit, but the saga has not ended after ${far}.`;
  };

function isUndone(choreography: Choreography): Wrong {
  const compensating = Object.entries(choreography.rows).filter(([, row]) => row.compensates !== undefined);
  const turnsBack = (events: readonly DomainEvent[]) =>
    compensating.some(([, row]) => row.emits.some((event) => has(events, event) && isEnding(choreography, event)));
  return (events) => {
    for (const [name, row] of compensating) {
      const wrong = undoneBy(choreography, name, row, events, turnsBack(events));
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** Checks that a row compensates the last completed step, and that no step completes afterwards. */
function undoneBy(
  choreography: Choreography,
  name: string,
  { compensates = {} }: Row,
  events: readonly DomainEvent[],
  turnsBack: boolean,
): string | undefined {
  const done = Object.entries(compensates).flatMap(([step, undo]) => {
    const event = choreography.rows[step]?.emits.find((each) => has(events, each) && !isFailure(choreography, each));
    return event ? [{ step, undo, event }] : [];
  });
  const last = done.at(-1);
  if (turnsBack && last && !has(events, last.undo)) {
    return `The saga turned back after ${last.event.name}, but ${name} never emitted ${last.undo.name}.`;
  }
  const late = done.find(({ undo, event }) => has(events, undo) && at(events, event) > at(events, undo));
  return late && `${late.step} emitted ${late.event.name} after its compensation ${late.undo.name}.`;
}

/** Checks that the events on every path to the outcome were emitted, and none that is on no such path. */
function goesByTheTable(choreography: Choreography): Wrong {
  const ways = endings(choreography).map(({ outcome, path }) => ({
    outcome,
    events: new Set(path.map(({ event }) => event.name)),
  }));
  return (events) => {
    const [outcome] = outcomesOf(choreography, events);
    const such = ways.filter((way) => way.outcome === outcome);
    if (such.length === 0) return undefined;
    const foreign = events.find(({ type }) => such.every((way) => !way.events.has(type)));
    if (foreign)
      return `The saga ended as ${outcome}, but ${foreign.type} was emitted, which is on no path of the table to it.`;
    const missing = [...such[0]!.events].find(
      (name) => such.every((way) => way.events.has(name)) && !events.some(({ type }) => type === name),
    );
    return missing && `The saga ended as ${outcome}, but ${missing} was never emitted.`;
  };
}

const isEnding = (choreography: Choreography, event: EventType): boolean =>
  Object.values(choreography.endings).includes(event);
const has = (events: readonly DomainEvent[], event: EventType): boolean => at(events, event) >= 0;
const at = (events: readonly DomainEvent[], event: EventType): number =>
  events.findIndex(({ type }) => type === event.name);
