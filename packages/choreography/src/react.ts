import { compiled } from './compiled.js';
import type { DomainEvent, EventType } from './event.js';
import { ignore, type Rejection, type Step } from './step.js';

/** What makes a step react. `event`: the event that the data is of; a command and a deadline are none. */
export interface Message {
  readonly data: unknown;
  readonly event?: DomainEvent | undefined;
}

/** What a step makes of a message: an event, a rejection, or nothing. `applied` is the event that changes the loaded states, if any. */
export type Reaction =
  | { readonly rejected: Rejection }
  | { readonly rejected?: undefined; readonly emitted?: DomainEvent; readonly applied?: DomainEvent };

const NOTHING: Reaction = {};

/**
 * Lets a step react, in memory: the runner, the explorer and the specs all run this. `states` are the loaded states by name
 * (`statesOf`), `answer` is the result of the step's `call`. Throws where the step throws, or emits what its row does not let it.
 */
export function react(step: Step, message: Message, states: object, answer?: unknown): Reaction {
  const decided = step.decide(states, message.data, answer);
  if (decided !== ignore && 'refused' in decided) return { rejected: decided };
  if (decided !== ignore) {
    const emitted = emittedBy(step, decided);
    return { emitted, applied: emitted };
  }
  // A step whose row emits nothing keeps the event that it handled.
  return message.event && step.row.emits.length === 0 ? { applied: message.event } : NOTHING;
}

/** The event as its schema makes it. Throws where the row does not emit it, or its data does not fit. */
export function emittedBy(step: Step, { type, data }: DomainEvent): DomainEvent {
  return { type, data: compiled(eventOf(step, type).schema).parse(data) };
}

/** The event of this name that a step may emit. */
export function eventOf({ name, row }: Step, type: string): EventType {
  const event = row.emits.find((each) => each.name === type);
  if (!event) throw new Error(`${name} emitted ${type}, which its row does not emit.`);
  return event;
}
