import type { Choreography } from './choreography.js';
import type { EventType } from './event.js';
import { Execution } from './execution.js';
import { type Emission, isFailure } from './saga.js';

/** One way the saga can go, from its beginning to its end. */
export interface Ending {
  /** For people and test titles: `PaymentCaptureFailed, request-cancellation after ShipmentCancelled`. */
  readonly name: string;
  /** The word for how it ends: `COMPLETED`. */
  readonly outcome: string;
  /** Everything that is said, in order; what comes afterwards left out. */
  readonly path: readonly Emission[];
  /** The event that made the saga fail by itself, if one did. */
  readonly failure?: EventType;
  /** The row that interrupts: after `after` was said, and before anyone heard it. */
  readonly interrupt?: Interrupt;
}

/** How an interrupt comes into a saga's path. */
export interface Interrupt {
  readonly step: string;
  readonly after: EventType;
  /** Who is slow: services that have not heard `after` yet, nor anything later from the same topic. */
  readonly delayed: readonly string[];
  /** How much of the path is said when they begin to hear. */
  readonly emittedBefore: number;
}

/**
 * Every way the saga can go: each decision either way and, at each moment before the end, each interrupt. Where an interrupt
 * comes, those who would hear the last event are slow: the interrupt's chain runs as far as it can before they hear it.
 */
export function endings(choreography: Choreography): Ending[] {
  const plain = plainExecutions(choreography).map(({ path }) => path);
  const interrupts = Object.keys(choreography.rows).filter((step) => choreography.rows[step]!.role === 'interrupt');
  return [
    ...plain.map((path) => describe(choreography, path)),
    ...moments(plain).flatMap((before) => interrupts.flatMap((step) => interrupted(choreography, before, step))),
  ];
}

function plainExecutions(choreography: Choreography): Execution[] {
  const begin = Object.entries(choreography.rows).find(([, row]) => 'kind' in row.handles && row.role === undefined);
  if (!begin) throw new Error('No row begins the saga: one row without a role must hear a command.');
  return Execution.begin(choreography)
    .actions(begin[0])
    .flatMap((execution) => execution.finish());
}

/** Every beginning of the paths, once, that is not an end. */
function moments(paths: readonly (readonly Emission[])[]): (readonly Emission[])[] {
  const found = new Map<string, readonly Emission[]>();
  for (const path of paths) {
    for (let said = 1; said < path.length; said++) {
      const before = path.slice(0, said);
      found.set(before.map(({ event }) => event.name).join(), before);
    }
  }
  return [...found.values()];
}

function interrupted(choreography: Choreography, before: readonly Emission[], step: string): Ending[] {
  const slowed = Execution.delayedAfter(choreography, before);
  const after = before.at(-1)!.event;
  return slowed
    .actions(step)
    .flatMap((execution) => execution.finish())
    .map(({ path, emittedBefore }) =>
      describe(choreography, path, { step, after, delayed: slowed.delayedServices, emittedBefore }),
    );
}

function describe(choreography: Choreography, path: readonly Emission[], interrupt?: Interrupt): Ending {
  const failure = path.find(
    ({ step, event }) =>
      !choreography.rows[step]!.role && !choreography.rows[step]!.compensates && isFailure(choreography, event),
  );
  const outcome = Object.entries(choreography.endings).find(([, event]) => path.some((each) => each.event === event));
  if (!outcome) throw new Error(`The saga never ends after ${path.map(({ event }) => event.name).join(', ')}.`);
  const ending = {
    outcome: outcome[0],
    path,
    ...(failure && { failure: failure.event }),
    ...(interrupt && { interrupt }),
  };
  return { ...ending, name: nameOf(ending) };
}

const nameOf = ({ outcome, failure, interrupt }: Omit<Ending, 'name'>): string =>
  [failure?.name ?? (interrupt ? undefined : outcome), interrupt && `${interrupt.step} after ${interrupt.after.name}`]
    .filter(Boolean)
    .join(', ');
