import type { Choreography } from './choreography.js';
import { eventsHandledBy, type Row } from './row.js';
import { isFailure } from './saga.js';

/**
 * The forward steps that no row undoes although the saga may still turn back after them: because something later may fail, or
 * because anything may interrupt. The last step that may fail is the pivot; from there on nothing needs an undo.
 */
export function uncompensatedSteps(choreography: Choreography): string[] {
  const rows = Object.values(choreography.rows);
  const undone = new Set(rows.flatMap((row) => Object.keys(row.compensates ?? {})));
  const interrupted = rows.some((row) => row.role === 'interrupt');
  return Object.entries(choreography.rows)
    .filter(([step, row]) => isForward(row) && !undone.has(step) && !emitsTheEnd(choreography, row))
    .filter(([, row]) => interrupted || mayFailAfter(choreography, row, new Set()))
    .map(([step]) => step);
}

const isForward = (row: Row): boolean => !row.role && !row.compensates;

const emitsTheEnd = ({ endings }: Choreography, row: Row): boolean =>
  row.emits.some((event) => Object.values(endings).includes(event));

/** Whether a forward row that comes after this one, at any distance, may say a failure. */
function mayFailAfter(choreography: Choreography, row: Row, seen: Set<Row>): boolean {
  const on = row.emits.filter((event) => !isFailure(choreography, event));
  return Object.values(choreography.rows)
    .filter((next) => isForward(next) && !seen.has(next) && eventsHandledBy(next).some((event) => on.includes(event)))
    .some((next) => {
      seen.add(next);
      return next.emits.some((event) => isFailure(choreography, event)) || mayFailAfter(choreography, next, seen);
    });
}
