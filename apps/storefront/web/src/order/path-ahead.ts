import { type Choreography, type Emission, eventsHandledBy, isFailure, Saga } from '@quadrille/choreography';

/** The endings of a choreography are few; a cyclic table must not block a page. */
const MAX_PATH = 50;

/**
 * The events still to be emitted until the saga ends, if no fault occurs: derived from the table and the emitted events. Without
 * events it is the whole forward path.
 */
export function pathAhead(choreography: Choreography, emissions: readonly Emission[]): Emission[] {
  const path: Emission[] = [];
  while (path.length < MAX_PATH) {
    const next = nextOn(choreography, [...emissions, ...path]);
    if (!next) return path;
    path.push(next);
  }
  return path;
}

/** Whether the saga is compensating: a step failed, was interrupted or is being compensated. */
export const isCompensating = (choreography: Choreography, emissions: readonly Emission[]): boolean =>
  emissions.some(({ step, event }) => {
    const row = choreography.rows[step];
    return isFailure(choreography, event) || row?.role === 'interrupt' || row?.compensates !== undefined;
  });

/** The outcome in the table's words; undefined until the saga has ended. */
export const endingOf = ({ endings }: Choreography, emissions: readonly Emission[]): string | undefined =>
  Object.entries(endings).find(([, ending]) => emissions.some(({ event }) => event === ending))?.[0];

function nextOn(choreography: Choreography, emissions: readonly Emission[]): Emission | undefined {
  if (endingOf(choreography, emissions) !== undefined) return undefined;
  const saga = emissions.reduce((each, emission) => each.after(emission), Saga.begin(choreography));
  const compensating = isCompensating(choreography, emissions);
  // The table lists the forward path, then the compensation, each from its beginning: the last possible step is the most
  // advanced.
  for (const [step, row] of Object.entries(choreography.rows).toReversed()) {
    if (row.role !== undefined || compensating !== (row.compensates !== undefined)) continue;
    const payload =
      'kind' in row.handles ? emissions.length === 0 : eventsHandledBy(row).some((event) => has(emissions, event.name));
    if (!payload) continue;
    const choices = saga.choices(step);
    const event = choices.find((each) => !isFailure(choreography, each)) ?? choices[0];
    if (event) return { step, event };
  }
  return undefined;
}

const has = (emissions: readonly Emission[], name: string): boolean =>
  emissions.some(({ event }) => event.name === name);
