import type { Choreography } from './choreography.js';
import { endings } from './endings.js';
import type { EventType } from './event.js';
import { entriesOf, type Fault, hearing, inSaga, names } from './fault.js';
import { clockOf, eventsHeardBy, type Row } from './row.js';

/** No row leads back to itself. */
export function noLoop(choreography: Choreography): Fault[] {
  const faults: Fault[] = [];
  const done = new Set<string>();
  const visit = (step: string, path: readonly string[]): void => {
    const from = path.indexOf(step);
    if (from >= 0) {
      const loop = path.slice(from);
      faults.push({
        rule: 'no-loop',
        rows: loop,
        explanation: 'These rows go round in a circle.',
        path: [...loop, step],
      });
      return;
    }
    if (done.has(step)) return;
    for (const event of choreography.rows[step]!.says) {
      for (const [next] of hearing(choreography, event)) visit(next, [...path, step]);
    }
    done.add(step);
  };
  for (const [step] of entriesOf(choreography)) visit(step, []);
  return faults;
}

/** The saga hears nothing that is said afterwards. */
export function afterwardsNeverReachBack(choreography: Choreography): Fault[] {
  return entriesOf(choreography)
    .filter(([, row]) => row.role === 'afterwards')
    .flatMap(([step, row]) => {
      const back = entriesOf(choreography)
        .filter(inSaga)
        .filter(([, other]) =>
          row.says.some((event) => eventsHeardBy(other).includes(event) || clockHears(other, event)),
        );
      if (back.length === 0) return [];
      return [
        {
          rule: 'afterwards-never-reach-back',
          rows: [step, ...names(back)],
          explanation: `${step} comes afterwards, but the saga hears it.`,
        },
      ];
    });
}

function clockHears(row: Row, event: EventType): boolean {
  const clock = clockOf(row);
  return clock !== undefined && [clock.startedBy, ...clock.extendedBy, ...clock.stoppedBy].includes(event);
}

/** Every way through the table comes to an ending. */
export function everyPathEnds(choreography: Choreography): Fault[] {
  try {
    endings(choreography);
    return [];
  } catch (error) {
    const explanation = (error as Error).message;
    const path = explanation
      .replace(/^.*after /, '')
      .replace(/\.$/, '')
      .split(', ');
    return [{ rule: 'every-path-ends', rows: [], explanation, path }];
  }
}
