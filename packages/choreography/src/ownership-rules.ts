import type { Choreography } from './choreography.js';
import { eventsOf } from './row.js';
import { emitting, entriesOf, handling, inSaga, names, type Violation } from './violation.js';

/** Only the owner of an event emits it. */
export function oneOwner(choreography: Choreography): Violation[] {
  return entriesOf(choreography).flatMap(([step, row]) =>
    row.emits
      .filter((event) => event.service !== row.service)
      .map((event) => ({
        rule: 'one-owner',
        rows: [step],
        explanation: `${step} of ${row.service} emits ${event.name}, which belongs to ${event.service}: only its owner may emit an event.`,
      })),
  );
}

/** Each event is handled, or final. */
export function everyEventHandled(choreography: Choreography): Violation[] {
  return eventsOf(choreography.rows)
    .filter((event) => !event.final && handling(choreography, event).length === 0)
    .map((event) => ({
      rule: 'every-event-handled',
      rows: names(emitting(choreography, event)),
      explanation: `No row handles ${event.name}: let a row handle it, or mark the event final.`,
    }));
}

/** Each handled event is emitted by a row. */
export function everyHandledEventEmitted(choreography: Choreography): Violation[] {
  return eventsOf(choreography.rows)
    .filter((event) => emitting(choreography, event).length === 0)
    .map((event) => ({
      rule: 'every-handled-event-emitted',
      rows: names(handling(choreography, event)),
      explanation: `No row emits ${event.name}, so these rows never run.`,
    }));
}

/** Inside the saga, one row reacts to an event. */
export function oneReaction(choreography: Choreography): Violation[] {
  return eventsOf(choreography.rows).flatMap((event) => {
    const reacting = handling(choreography, event).filter(inSaga);
    if (reacting.length <= 1) return [];
    const explanation = `Inside the saga one row reacts to an event; ${event.name} has ${reacting.length}. Only follow-up rows fan out.`;
    return [{ rule: 'one-reaction', rows: names(reacting), explanation }];
  });
}
