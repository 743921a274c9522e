import { type Choreography, eventsOf } from './choreography.js';
import { emitting, entriesOf, handling, inSaga, names, type Violation } from './violation.js';

/** An event is said by the service that owns it. */
export function oneOwner(choreography: Choreography): Violation[] {
  return entriesOf(choreography).flatMap(([step, row]) =>
    row.emits
      .filter((event) => event.service !== row.service)
      .map((event) => ({
        rule: 'one-owner',
        rows: [step],
        explanation: `${step} of ${row.service} says ${event.name}, which belongs to ${event.service}: only its owner may say an event.`,
      })),
  );
}

/** What is said is heard, or final. */
export function everyEventHandled(choreography: Choreography): Violation[] {
  return eventsOf(choreography.rows)
    .filter((event) => !event.final && handling(choreography, event).length === 0)
    .map((event) => ({
      rule: 'every-event-heard',
      rows: names(emitting(choreography, event)),
      explanation: `Nobody hears ${event.name}: let a row hear it, or mark the event final.`,
    }));
}

/** What is heard is said by somebody. */
export function everyHandledEventEmitted(choreography: Choreography): Violation[] {
  return eventsOf(choreography.rows)
    .filter((event) => emitting(choreography, event).length === 0)
    .map((event) => ({
      rule: 'nobody-waits-in-vain',
      rows: names(handling(choreography, event)),
      explanation: `Nobody says ${event.name}, so these rows wait for ever.`,
    }));
}

/** Inside the saga an event has one row that reacts. */
export function oneReaction(choreography: Choreography): Violation[] {
  return eventsOf(choreography.rows).flatMap((event) => {
    const reacting = handling(choreography, event).filter(inSaga);
    if (reacting.length <= 1) return [];
    const explanation = `Inside the saga one row reacts to an event; ${event.name} has ${reacting.length}. Only afterwards rows fan out.`;
    return [{ rule: 'one-reaction', rows: names(reacting), explanation }];
  });
}
