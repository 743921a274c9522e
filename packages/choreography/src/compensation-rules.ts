import type { Choreography } from './choreography.js';
import { endings } from './endings.js';
import { isFailure } from './saga.js';
import { uncompensatedSteps } from './uncompensated-steps.js';
import { entriesOf, handling, inSaga, names, type Violation } from './violation.js';

/** Each step after which the saga may turn back has a row that compensates it. */
export const everyStepCompensated = (choreography: Choreography): Violation[] =>
  uncompensatedSteps(choreography).map((step) => ({
    rule: 'every-step-compensated',
    rows: [step],
    explanation: `The saga may turn back after ${step}, but no row compensates it.`,
  }));

/** Each event that turns the saga back, from an interrupt or a failure, leads to compensating rows only. */
export function failuresTurnBack(choreography: Choreography): Violation[] {
  const ends = Object.values(choreography.endings);
  return entriesOf(choreography).flatMap(([step, row]) =>
    row.emits
      .filter((event) => row.role === 'interrupt' || (event.failure && !ends.includes(event)))
      .flatMap((event) => {
        const handledBy = handling(choreography, event).filter(inSaga);
        if (handledBy.length > 0 && handledBy.every(([, next]) => next.compensates !== undefined)) return [];
        const explanation = handledBy.length
          ? `${step} turns back with ${event.name}, but ${names(handledBy).join(' and ')} goes forward: list the compensated steps under compensates.`
          : `${step} turns back with ${event.name}, but no compensating row handles it.`;
        return [{ rule: 'failures-turn-back', rows: [step, ...names(handledBy)], explanation }];
      }),
  );
}

/** In every ending, later steps are compensated first. */
export function reverseOrder(choreography: Choreography): Violation[] {
  for (const { path } of endings(choreography)) {
    const undone = path.flatMap(({ step }) => Object.keys(choreography.rows[step]!.compensates ?? {}).slice(0, 1));
    const forward = path
      .filter(({ step, event }) => undone.includes(step) && !isFailure(choreography, event))
      .map(({ step }) => step);
    const expected = forward.toReversed();
    const actual = undone.filter((step) => forward.includes(step));
    if (actual.join() !== expected.join()) {
      const explanation = `${expected.join(', ')} must be compensated in this order, but the order is ${actual.join(', ')}.`;
      return [{ rule: 'compensated-in-reverse', rows: actual, explanation, path: path.map(({ event }) => event.name) }];
    }
  }
  return [];
}
