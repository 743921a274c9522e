import type { Choreography } from './choreography.js';
import { endings } from './endings.js';
import { isFailure } from './saga.js';
import { uncompensatedSteps } from './uncompensated-steps.js';
import { entriesOf, handling, inSaga, names, type Violation } from './violation.js';

/** What the saga may turn back after is undone by a row. */
export const everyStepCompensated = (choreography: Choreography): Violation[] =>
  uncompensatedSteps(choreography).map((step) => ({
    rule: 'every-step-undone',
    rows: [step],
    explanation: `The saga may turn back after ${step}, but no row undoes it.`,
  }));

/** Every way of turning back, an interrupt or a failure, must lead to rows that undo, and to no other. */
export function failuresTurnBack(choreography: Choreography): Violation[] {
  const ends = Object.values(choreography.endings);
  return entriesOf(choreography).flatMap(([step, row]) =>
    row.emits
      .filter((event) => row.role === 'interrupt' || (event.failure && !ends.includes(event)))
      .flatMap((event) => {
        const handledBy = handling(choreography, event).filter(inSaga);
        if (handledBy.length > 0 && handledBy.every(([, next]) => next.compensates !== undefined)) return [];
        const explanation = handledBy.length
          ? `${step} turns back with ${event.name}, but ${names(handledBy).join(' and ')} goes forward: say what it undoes with compensates.`
          : `${step} turns back with ${event.name}, but no row that undoes something hears it.`;
        return [{ rule: 'failures-turn-back', rows: [step, ...names(handledBy)], explanation }];
      }),
  );
}

/** In every ending, what was done later is undone earlier. */
export function reverseOrder(choreography: Choreography): Violation[] {
  for (const { path } of endings(choreography)) {
    const undone = path.flatMap(({ step }) => Object.keys(choreography.rows[step]!.compensates ?? {}).slice(0, 1));
    const forward = path
      .filter(({ step, event }) => undone.includes(step) && !isFailure(choreography, event))
      .map(({ step }) => step);
    const expected = forward.toReversed();
    const actual = undone.filter((step) => forward.includes(step));
    if (actual.join() !== expected.join()) {
      const explanation = `${expected.join(', ')} must be undone in this order, but ${actual.join(', ')} is what happens.`;
      return [{ rule: 'undone-in-reverse', rows: actual, explanation, path: path.map(({ event }) => event.name) }];
    }
  }
  return [];
}
