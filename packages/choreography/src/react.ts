import { compiled } from './compiled.js';
import type { DomainEvent, EventType } from './event.js';
import { ignore, type Rejection, type Step } from './step.js';

/** The input of a step. `event`: the event with this data; undefined for a command or a deadline. */
export interface Message {
  readonly data: unknown;
  readonly event?: DomainEvent | undefined;
}

/** The result of a step: an event, a rejection, or nothing. `applied` is the event that changes the loaded states, if any. */
export type Reaction =
  | { readonly rejected: Rejection }
  | { readonly rejected?: undefined; readonly emitted?: DomainEvent; readonly applied?: DomainEvent };

const NOTHING: Reaction = {};

/**
 * Runs a step in memory; runner, explorer and specs share this function. `states` are the loaded states by name (`statesOf`),
 * `answer` is the result of the step's `call`. Throws if the step throws, or emits an event that its row does not list.
 */
export function react(step: Step, message: Message, states: object, answer?: unknown): Reaction {
  const decided = step.decide(states, message.data, answer);
  if (decided !== ignore && 'refused' in decided) return { rejected: decided };
  if (decided !== ignore) {
    const emitted = emittedBy(step, decided);
    return { emitted, applied: emitted };
  }
  // A step whose row emits nothing applies the event that it handled.
  return message.event && step.row.emits.length === 0 ? { applied: message.event } : NOTHING;
}

/** Parses the event with its schema. Throws if the row does not emit it, or its data violates the schema. */
export function emittedBy(step: Step, { type, data }: DomainEvent): DomainEvent {
  return { type, data: compiled(eventOf(step, type).schema).parse(data) };
}

/** Returns the event of this name in the row of a step. */
export function eventOf({ name, row }: Step, type: string): EventType {
  const event = row.emits.find((each) => each.name === type);
  if (!event) throw new Error(`${name} emitted ${type}, which its row does not emit.`);
  return event;
}
