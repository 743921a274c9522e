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

/** How a saga ended: the word of the table, and everything that was said, in the order of the table. */
export interface SagaEnding {
  readonly outcome: string;
  readonly said: readonly string[];
}

/** A look that also knows the events of a key. */
export interface SagaLook extends Look {
  said(key: string): DomainEvent[];
}

type Wrong = (said: readonly DomainEvent[]) => string | undefined;

/** What follows from any table, for each saga of these keys that has begun. */
export function promisesOf(choreography: Choreography, keys: readonly string[]): Promised<SagaLook>[] {
  const inSaga = sagaEventsOf(choreography);
  const promised = (name: string, wrong: Wrong): Promised<SagaLook> => ({
    name,
    when: 'quiet',
    wrong(look) {
      for (const key of keys) {
        const said = look.said(key).filter(({ type }) => inSaga.has(type));
        const explanation = said.length > 0 ? wrong(said) : undefined;
        if (explanation !== undefined) return `${explanation} (key ${key})`;
      }
      return undefined;
    },
  });
  return [
    promised('every saga ends, in one way', endsOnce(choreography)),
    promised('what was done is undone when the saga turns back', isUndone(choreography)),
    promised('a saga goes as the table says', goesByTheTable(choreography)),
  ];
}

/** How the sagas of these keys ended that have begun; undefined when none has. */
export function endingsOf(
  choreography: Choreography,
  keys: readonly string[],
  look: SagaLook,
): SagaEnding[] | undefined {
  const ended = keys.flatMap((key): SagaEnding[] => {
    const said = look.said(key);
    const [outcome] = outcomesOf(choreography, said);
    const events = eventsOf(choreography.rows).filter((event) => has(said, event));
    return outcome === undefined ? [] : [{ outcome, said: events.map(({ name }) => name) }];
  });
  return ended.length === 0 ? undefined : ended;
}

/** The names of all events that rows of the saga say; those of follow-ups are not among them. */
export function sagaEventsOf({ rows }: Choreography): Set<string> {
  const saga = Object.entries(rows).filter(([, row]) => row.role !== 'follow-up');
  return new Set(eventsOf(Object.fromEntries(saga)).map(({ name }) => name));
}

export const outcomesOf = ({ endings: words }: Choreography, said: readonly DomainEvent[]): string[] =>
  Object.entries(words).flatMap(([word, event]) => (has(said, event) ? [word] : []));

const endsOnce =
  (choreography: Choreography): Wrong =>
  (said) => {
    const outcomes = outcomesOf(choreography, said);
    if (outcomes.length === 1) return undefined;
    const far = said.map(({ type }) => type).join(', ');
    if (outcomes.length > 1) return `The saga ended as ${outcomes.join(' and as ')}.`;
    return `Nothing is on its way any more, but the saga has not ended after ${far}.`;
  };

function isUndone(choreography: Choreography): Wrong {
  const undoing = Object.entries(choreography.rows).filter(([, row]) => row.compensates !== undefined);
  const turnsBack = (said: readonly DomainEvent[]) =>
    undoing.some(([, row]) => row.emits.some((event) => has(said, event) && isEnding(choreography, event)));
  return (said) => {
    for (const [name, row] of undoing) {
      const wrong = undoneBy(choreography, name, row, said, turnsBack(said));
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** The last thing that was done of what a row undoes is what it must undo, and nothing is done after that. */
function undoneBy(
  choreography: Choreography,
  name: string,
  { compensates = {} }: Row,
  said: readonly DomainEvent[],
  turnsBack: boolean,
): string | undefined {
  const done = Object.entries(compensates).flatMap(([step, undo]) => {
    const event = choreography.rows[step]?.emits.find((each) => has(said, each) && !isFailure(choreography, each));
    return event ? [{ step, undo, event }] : [];
  });
  const last = done.at(-1);
  if (turnsBack && last && !has(said, last.undo)) {
    return `The saga turned back after ${last.event.name}, but ${name} never said ${last.undo.name}.`;
  }
  const late = done.find(({ undo, event }) => has(said, undo) && at(said, event) > at(said, undo));
  return late && `${late.step} said ${late.event.name} after ${late.undo.name} had undone it.`;
}

/** What is said on every way to an ending was said, and nothing that is said on no such way. */
function goesByTheTable(choreography: Choreography): Wrong {
  const ways = endings(choreography).map(({ outcome, path }) => ({
    outcome,
    said: new Set(path.map(({ event }) => event.name)),
  }));
  return (said) => {
    const [outcome] = outcomesOf(choreography, said);
    const such = ways.filter((way) => way.outcome === outcome);
    if (such.length === 0) return undefined;
    const foreign = said.find(({ type }) => such.every((way) => !way.said.has(type)));
    if (foreign)
      return `The saga ended as ${outcome}, but ${foreign.type} was said, which the table has on no such way.`;
    const missing = [...such[0]!.said].find(
      (name) => such.every((way) => way.said.has(name)) && !said.some(({ type }) => type === name),
    );
    return missing && `The saga ended as ${outcome}, but ${missing} was never said.`;
  };
}

const isEnding = (choreography: Choreography, event: EventType): boolean =>
  Object.values(choreography.endings).includes(event);
const has = (said: readonly DomainEvent[], event: EventType): boolean => at(said, event) >= 0;
const at = (said: readonly DomainEvent[], event: EventType): number =>
  said.findIndex(({ type }) => type === event.name);
