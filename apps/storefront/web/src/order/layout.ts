import { type Choreography, servicesOf } from '@quadrille/choreography';
import { pathAhead } from './path-ahead.js';

/** The place of a step in the diagram, the same for every order. */
export interface Place {
  readonly step: string;
  readonly lane: number;
  readonly column: number;
  /** 0: forward steps and follow-ups. 1: below them, compensating steps and interrupts. */
  readonly track: 0 | 1;
}

/** The layout of the diagram. */
export interface Layout {
  /** Services, from top to bottom. */
  readonly lanes: readonly string[];
  readonly columns: number;
  readonly places: readonly Place[];
}

/**
 * Lays the table out: a lane per service, a column per forward step. The compensation of a step is below it, so that compensation
 * runs backwards; interrupts are below the end, follow-ups behind it. If two steps had the same place, the later one moves a
 * column to the right.
 */
export function layoutOf(choreography: Choreography): Layout {
  const lanes = servicesOf(choreography.rows);
  const forward = pathAhead(choreography, []).map(({ step }) => step);
  const places: Place[] = [];
  const put = (wanted: Place): void => {
    const isTaken = places.some(
      ({ lane, column, track }) => lane === wanted.lane && column === wanted.column && track === wanted.track,
    );
    if (isTaken) put({ ...wanted, column: wanted.column + 1 });
    else places.push(wanted);
  };
  for (const [step, row] of Object.entries(choreography.rows)) {
    const lane = lanes.indexOf(row.service);
    if (row.compensates) {
      const undone = Object.keys(row.compensates).map((each) => forward.indexOf(each));
      put({ step, lane, column: Math.max(0, Math.min(...undone)), track: 1 });
    } else if (row.role === 'interrupt') put({ step, lane, column: forward.length - 1, track: 1 });
    else if (row.role === 'follow-up') put({ step, lane, column: forward.length, track: 0 });
    else if (forward.includes(step)) put({ step, lane, column: forward.indexOf(step), track: 0 });
  }
  return { lanes, columns: 1 + Math.max(...places.map(({ column }) => column)), places };
}
