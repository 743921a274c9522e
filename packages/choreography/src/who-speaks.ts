import { type Choreography, eventsOf } from './choreography.js';
import { entriesOf, type Fault, hearing, inSaga, names, saying } from './fault.js';

/** An event is said by the service that owns it. */
export function oneOwner(choreography: Choreography): Fault[] {
  return entriesOf(choreography).flatMap(([step, row]) =>
    row.says
      .filter((event) => event.by !== row.by)
      .map((event) => ({
        rule: 'one-owner',
        rows: [step],
        explanation: `${step} of ${row.by} says ${event.name}, which belongs to ${event.by}: only its owner may say an event.`,
      })),
  );
}

/** What is said is heard, or final. */
export function everyEventHeard(choreography: Choreography): Fault[] {
  return eventsOf(choreography.rows)
    .filter((event) => !event.final && hearing(choreography, event).length === 0)
    .map((event) => ({
      rule: 'every-event-heard',
      rows: names(saying(choreography, event)),
      explanation: `Nobody hears ${event.name}: let a row hear it, or mark the event final.`,
    }));
}

/** What is heard is said by somebody. */
export function nobodyWaitsInVain(choreography: Choreography): Fault[] {
  return eventsOf(choreography.rows)
    .filter((event) => saying(choreography, event).length === 0)
    .map((event) => ({
      rule: 'nobody-waits-in-vain',
      rows: names(hearing(choreography, event)),
      explanation: `Nobody says ${event.name}, so these rows wait for ever.`,
    }));
}

/** Inside the saga an event has one row that reacts. */
export function oneReaction(choreography: Choreography): Fault[] {
  return eventsOf(choreography.rows).flatMap((event) => {
    const reacting = hearing(choreography, event).filter(inSaga);
    if (reacting.length <= 1) return [];
    const explanation = `Inside the saga one row reacts to an event; ${event.name} has ${reacting.length}. Only afterwards rows fan out.`;
    return [{ rule: 'one-reaction', rows: names(reacting), explanation }];
  });
}
