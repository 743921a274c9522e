import { type Choreography, type Emission, eventsHandledBy, isFailure, Saga } from '@quadrille/choreography';

/** The endings of a choreography are few; a table that goes in circles must not hang a page. */
const LONGEST_WAY = 50;

/**
 * What is still to be said until the saga ends, if nothing goes wrong from here: derived from the table and from what was said. With
 * nothing said it is the whole way forward.
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

/** Whether the saga goes back: something failed, was interrupted or is being undone. */
export const hasTurned = (choreography: Choreography, said: readonly Emission[]): boolean =>
  said.some(({ step, event }) => {
    const row = choreography.rows[step];
    return isFailure(choreography, event) || row?.role === 'interrupt' || row?.compensates !== undefined;
  });

/** The word for how it ended; undefined while it has not. */
export const endingOf = ({ endings }: Choreography, said: readonly Emission[]): string | undefined =>
  Object.entries(endings).find(([, ending]) => said.some(({ event }) => event === ending))?.[0];

function nextOn(choreography: Choreography, said: readonly Emission[]): Emission | undefined {
  if (endingOf(choreography, said) !== undefined) return undefined;
  const saga = said.reduce((each, saying) => each.after(saying), Saga.begin(choreography));
  const turned = hasTurned(choreography, said);
  // The table lists the way forward, then the way back, each from its beginning: the last that may speak is the furthest on.
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
