import { type Choreography, servicesOf } from '@quadrille/choreography';
import { wayAhead } from './way.js';

/** Where a step has its place in the diagram, the same for every order. */
export interface Place {
  readonly step: string;
  readonly lane: number;
  readonly column: number;
  /** 0: the way forward and what comes afterwards. 1: below it, the way back and what interrupts. */
  readonly track: 0 | 1;
}

/** The floor one dances on. */
export interface Floor {
  /** Services, from top to bottom. */
  readonly lanes: readonly string[];
  readonly columns: number;
  readonly places: readonly Place[];
}

/**
 * Lays the table out: a lane for each service, a column for each step forward. What undoes a step stands below it, so that the way
 * back runs backwards; what interrupts stands below the end, what comes afterwards behind it.
 */
export function floorOf(choreography: Choreography): Floor {
  const lanes = servicesOf(choreography.rows);
  const forward = wayAhead(choreography, []).map(({ step }) => step);
  let interrupts = 0;
  const places = Object.entries(choreography.rows).flatMap(([step, row]): Place[] => {
    const lane = lanes.indexOf(row.service);
    if (row.compensates) {
      const undone = Object.keys(row.compensates).map((each) => forward.indexOf(each));
      return [{ step, lane, column: Math.max(0, Math.min(...undone)), track: 1 }];
    }
    if (row.role === 'interrupt') return [{ step, lane, column: forward.length - 1 + interrupts++, track: 1 }];
    if (row.role === 'follow-up') return [{ step, lane, column: forward.length, track: 0 }];
    const column = forward.indexOf(step);
    return column < 0 ? [] : [{ step, lane, column, track: 0 }];
  });
  return { lanes, columns: 1 + Math.max(...places.map(({ column }) => column)), places };
}
