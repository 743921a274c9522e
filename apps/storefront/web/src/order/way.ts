import { type Choreography, type Emission, eventsHandledBy, isFailure, Saga } from '@quadrille/choreography';

/** The endings of a choreography are few; a cyclic table must not block a page. */
const LONGEST_WAY = 50;

/**
 * The events still to be emitted until the saga ends, if no fault occurs: derived from the table and the emitted events. Without
 * events it is the whole forward path.
 */
export function wayAhead(choreography: Choreography, said: readonly Emission[]): Emission[] {
  const way: Emission[] = [];
  while (way.length < LONGEST_WAY) {
    const next = nextOn(choreography, [...said, ...way]);
    if (!next) return way;
    way.push(next);
  }
  return way;
}

/** Whether the saga is compensating: a step failed, was interrupted or is being compensated. */
export const hasTurned = (choreography: Choreography, said: readonly Emission[]): boolean =>
  said.some(({ step, event }) => {
    const row = choreography.rows[step];
    return isFailure(choreography, event) || row?.role === 'interrupt' || row?.compensates !== undefined;
  });

/** The outcome in the table's words; undefined until the saga has ended. */
export const endingOf = ({ endings }: Choreography, said: readonly Emission[]): string | undefined =>
  Object.entries(endings).find(([, ending]) => said.some(({ event }) => event === ending))?.[0];

function nextOn(choreography: Choreography, said: readonly Emission[]): Emission | undefined {
  if (endingOf(choreography, said) !== undefined) return undefined;
  const saga = said.reduce((each, saying) => each.after(saying), Saga.begin(choreography));
  const turned = hasTurned(choreography, said);
  // The table lists the forward path, then the compensation, each from its beginning: the last possible step is the most
  // advanced.
  for (const [step, row] of Object.entries(choreography.rows).toReversed()) {
    if (row.role !== undefined || turned !== (row.compensates !== undefined)) continue;
    const payload =
      'kind' in row.handles ? said.length === 0 : eventsHandledBy(row).some((event) => has(said, event.name));
    if (!payload) continue;
    const choices = saga.choices(step);
    const event = choices.find((each) => !isFailure(choreography, each)) ?? choices[0];
    if (event) return { step, event };
  }
  return undefined;
}

const has = (said: readonly Emission[], name: string): boolean => said.some(({ event }) => event.name === name);
