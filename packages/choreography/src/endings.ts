import type { Choreography } from './choreography.js';
import type { EventType } from './event.js';
import { Execution } from './execution.js';
import { type Emission, isFailure } from './saga.js';

/** One possible path of the saga, from its beginning to its end. */
export interface Ending {
  /** Shown in reports and test titles: `PaymentCaptureFailed, request-cancellation after ShipmentCancelled`. */
  readonly name: string;
  /** Outcome of the saga: `COMPLETED`. */
  readonly outcome: string;
  /** All emitted events in order, without those of follow-ups. */
  readonly path: readonly Emission[];
  /** The failure that turned the saga back, if any. */
  readonly failure?: EventType;
  /** The row that interrupts: after `after` was published, and before a service consumed it. */
  readonly interrupt?: Interrupt;
}

/** The place of an interrupt in the path of a saga. */
export interface Interrupt {
  readonly step: string;
  readonly after: EventType;
  /** Delayed services: they have consumed neither `after` nor anything later of the same topic. */
  readonly delayed: readonly string[];
  /** Number of events of the path that are emitted before the delayed services consume. */
  readonly emittedBefore: number;
}

/**
 * Returns every possible path of the saga: each decision either way and, at each moment before the end, each interrupt. At an
 * interrupt, the services that consume the last event are delayed: the chain of the interrupt runs as far as possible before they
 * consume it.
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
  if (!begin) throw new Error('No row begins the saga: one row without a role must handle a command.');
  return Execution.begin(choreography)
    .actions(begin[0])
    .flatMap((execution) => execution.finish());
}

/** Each distinct proper prefix of the paths, once. */
function moments(paths: readonly (readonly Emission[])[]): (readonly Emission[])[] {
  const found = new Map<string, readonly Emission[]>();
  for (const path of paths) {
    for (let length = 1; length < path.length; length++) {
      const before = path.slice(0, length);
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
