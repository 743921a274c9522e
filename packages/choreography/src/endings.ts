import type { Choreography } from './choreography.js';
import type { EventType } from './event.js';
import { eventsHeardBy } from './row.js';
import { isFailure, Saga, type Saying } from './saga.js';

/** One way the saga can go, from its beginning to its end. */
export interface Ending {
  /** For people and test titles: `PaymentCaptureFailed, request-cancellation after ShipmentCancelled`. */
  readonly name: string;
  /** The word for how it ends: `COMPLETED`. */
  readonly outcome: string;
  /** Everything that is said, in order; what comes afterwards left out. */
  readonly path: readonly Saying[];
  /** The event that made the saga fail by itself, if one did. */
  readonly failure?: EventType;
  /** The row that interrupts: after `after` was said, and before anyone heard it. */
  readonly interrupt?: { readonly step: string; readonly after: EventType };
}

/**
 * Every way the saga can go: each decision either way and, at each moment before the end, each interrupt. Where an interrupt
 * comes, those who would hear the last event are slow: the interrupt's chain runs as far as it can before they hear it.
 */
export function endings(choreography: Choreography): Ending[] {
  const plain = runs(choreography);
  const interrupts = Object.keys(choreography.rows).filter((step) => choreography.rows[step]!.role === 'interrupt');
  const found = plain.map((path) => describe(choreography, path));
  const seen = new Set<string>();
  for (const path of plain) {
    for (let said = 1; said < path.length; said++) {
      const before = path.slice(0, said);
      const name = before.map(({ event }) => event.name).join();
      if (seen.has(name)) continue;
      seen.add(name);
      for (const step of interrupts) found.push(...interrupted(choreography, before, step));
    }
  }
  return found;
}

interface Delivery {
  readonly step: string;
  readonly event: EventType;
}

interface Run {
  readonly saga: Saga;
  readonly path: readonly Saying[];
  readonly pending: readonly Delivery[];
  /** Who is slow, hearing whom; what they would hear waits here, in order. */
  readonly slow: readonly { readonly service: string; readonly topicOf: string }[];
  readonly held: readonly Delivery[];
}

function runs(choreography: Choreography): Saying[][] {
  const begin = Object.entries(choreography.rows).find(([, row]) => 'kind' in row.hears && row.role === undefined);
  if (!begin) throw new Error('No row begins the saga: one row without a role must hear a command.');
  const nobody: Run = { saga: Saga.begin(choreography), path: [], pending: [], slow: [], held: [] };
  return begin[1].says.flatMap((event) => finish(choreography, say(choreography, nobody, { step: begin[0], event })));
}

function interrupted(choreography: Choreography, before: readonly Saying[], step: string): Ending[] {
  const last = before.at(-1)!.event;
  const saga = before.reduce((each, saying) => each.after(saying), Saga.begin(choreography));
  const hearers = deliveriesOf(choreography, last);
  const slow = hearers.map((hearer) => ({ service: choreography.rows[hearer.step]!.by, topicOf: last.by }));
  return saga.choices(step).flatMap((event) => {
    const run = say(choreography, { saga, path: before, pending: [], slow, held: hearers }, { step, event });
    return finish(choreography, run).map((path) => describe(choreography, path, { step, after: last }));
  });
}

/** Lets everybody hear what is pending until nobody has anything to say, down every choice. */
function finish(choreography: Choreography, run: Run): Saying[][] {
  const [next, ...pending] = run.pending;
  if (!next) {
    if (run.held.length === 0) return [[...run.path]];
    return finish(choreography, { ...run, pending: run.held, held: [], slow: [] });
  }
  const by = choreography.rows[next.step]!.by;
  if (run.slow.some(({ service, topicOf }) => service === by && topicOf === next.event.by)) {
    return finish(choreography, { ...run, pending, held: [...run.held, next] });
  }
  const choices = run.saga.choices(next.step);
  if (choices.length === 0) return finish(choreography, { ...run, pending });
  return choices.flatMap((event) =>
    finish(choreography, say(choreography, { ...run, pending }, { step: next.step, event })),
  );
}

const say = (choreography: Choreography, run: Run, saying: Saying): Run => ({
  ...run,
  saga: run.saga.after(saying),
  path: [...run.path, saying],
  pending: [...run.pending, ...deliveriesOf(choreography, saying.event)],
});

/** The rows of the saga that hear an event. */
function deliveriesOf({ rows }: Choreography, event: EventType): Delivery[] {
  return Object.entries(rows)
    .filter(([, row]) => row.role === undefined && eventsHeardBy(row).includes(event))
    .map(([step]) => ({ step, event }));
}

function describe(choreography: Choreography, path: readonly Saying[], interrupt?: Ending['interrupt']): Ending {
  const failure = path.find(
    ({ event }) => isFailure(choreography, event) && !saidByInterrupt(choreography, event),
  )?.event;
  const outcome = Object.entries(choreography.endings).find(([, event]) => path.some((each) => each.event === event));
  if (!outcome) throw new Error(`The saga never ends after ${path.map(({ event }) => event.name).join(', ')}.`);
  const ending = { outcome: outcome[0], path, ...(failure && { failure }), ...(interrupt && { interrupt }) };
  return { ...ending, name: nameOf(ending) };
}

const saidByInterrupt = ({ rows }: Choreography, event: EventType): boolean =>
  Object.values(rows).some((row) => (row.role === 'interrupt' || row.undoes !== undefined) && row.says.includes(event));

const nameOf = ({ outcome, failure, interrupt }: Omit<Ending, 'name'>): string =>
  [failure?.name ?? (interrupt ? undefined : outcome), interrupt && `${interrupt.step} after ${interrupt.after.name}`]
    .filter(Boolean)
    .join(', ');
