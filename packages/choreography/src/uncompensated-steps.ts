import type { Choreography } from './choreography.js';
import { eventsHandledBy, type Row } from './row.js';
import { isFailure } from './saga.js';

/**
 * Returns the forward steps that no row compensates although the saga may still turn back after them: a later step may fail, or
 * an interrupt may occur. The last step that may fail is the pivot; later steps need no compensation.
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

/** Whether a later forward row, at any distance, may emit a failure. */
function mayFailAfter(choreography: Choreography, row: Row, seen: Set<Row>): boolean {
  const on = row.emits.filter((event) => !isFailure(choreography, event));
  return Object.values(choreography.rows)
    .filter((next) => isForward(next) && !seen.has(next) && eventsHandledBy(next).some((event) => on.includes(event)))
    .some((next) => {
      seen.add(next);
      return next.emits.some((event) => isFailure(choreography, event)) || mayFailAfter(choreography, next, seen);
    });
}
