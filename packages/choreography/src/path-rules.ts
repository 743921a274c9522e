import type { Choreography } from './choreography.js';
import { endings } from './endings.js';
import type { EventType } from './event.js';
import { deadlineOf, eventsHandledBy, type Row } from './row.js';
import { entriesOf, handling, inSaga, names, type Violation } from './violation.js';

/** No row leads back to itself. */
export function noLoop(choreography: Choreography): Violation[] {
  const violations: Violation[] = [];
  const done = new Set<string>();
  const visit = (step: string, path: readonly string[]): void => {
    const from = path.indexOf(step);
    if (from >= 0) {
      const loop = path.slice(from);
      violations.push({
        rule: 'no-loop',
        rows: loop,
        explanation: 'These rows form a loop.',
        path: [...loop, step],
      });
      return;
    }
    if (done.has(step)) return;
    for (const event of choreography.rows[step]!.emits) {
      for (const [next] of handling(choreography, event)) visit(next, [...path, step]);
    }
    done.add(step);
  };
  for (const [step] of entriesOf(choreography)) visit(step, []);
  return violations;
}

/** The saga handles no event of a follow-up. */
export function followUpsNeverReachBack(choreography: Choreography): Violation[] {
  return entriesOf(choreography)
    .filter(([, row]) => row.role === 'follow-up')
    .flatMap(([step, row]) => {
      const back = entriesOf(choreography)
        .filter(inSaga)
        .filter(([, other]) =>
          row.emits.some((event) => eventsHandledBy(other).includes(event) || deadlineHandles(other, event)),
        );
      if (back.length === 0) return [];
      return [
        {
          rule: 'follow-ups-never-reach-back',
          rows: [step, ...names(back)],
          explanation: `${step} is a follow-up, but the saga handles its event.`,
        },
      ];
    });
}

function deadlineHandles(row: Row, event: EventType): boolean {
  const deadline = deadlineOf(row);
  return deadline !== undefined && [deadline.startedBy, ...deadline.extendedBy, ...deadline.stoppedBy].includes(event);
}

/** Every path through the table reaches an ending. */
export function everyPathEnds(choreography: Choreography): Violation[] {
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
