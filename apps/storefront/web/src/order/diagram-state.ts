import { type Choreography, type Emission, eventsHandledBy, eventsOf, isFailure } from '@quadrille/choreography';
import { endingOf, isCompensating, pathAhead } from './path-ahead.js';
import type { Link } from './timeline.js';

/**
 * `done`: lit, its event was emitted. `failed`: lit, and it started the compensation. `next`: awaited. `expected`: will be
 * awaited, if no fault occurs.
 */
type StepState = 'done' | 'failed' | 'next' | 'expected';

/** A step of the diagram at one time. */
export interface StepNode {
  readonly step: string;
  readonly service: string;
  readonly state: StepState;
  /** Whether it is a compensation, an interrupt or a failure. */
  readonly undo: boolean;
  /** The emitted or expected event; null for a step without events. */
  readonly event: string | null;
  /** The details of the emitted event. */
  readonly link: Link | null;
}

/** An event in transit from its emitting to its handling step. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly taken: boolean;
  readonly undo: boolean;
}

/** The diagram at one time. */
export interface DiagramState {
  readonly nodes: readonly StepNode[];
  readonly flows: readonly Flow[];
  readonly compensating: boolean;
  readonly ending: string | undefined;
}

/** Builds the diagram of the first events, from the table and these events. */
export function diagramStateOf(
  choreography: Choreography,
  taken: readonly Link[],
  followUpsDone: ReadonlySet<string>,
): DiagramState {
  const events = new Map(eventsOf(choreography.rows).map((event) => [event.name, event]));
  const emissions = taken.flatMap(({ step, event }): Emission[] => {
    const known = events.get(event);
    return known && choreography.rows[step] ? [{ step, event: known }] : [];
  });
  const main = emissions.filter(({ step }) => choreography.rows[step]!.role !== 'follow-up');
  const ahead = pathAhead(choreography, main);
  const compensating = isCompensating(choreography, main);
  const nodes = [
    ...taken.flatMap((link) => emittedNode(choreography, link)),
    ...ahead.map(({ step, event }, at) => node(choreography, step, event.name, at === 0 ? 'next' : 'expected')),
    ...afterwards(choreography, taken, [...main, ...ahead], followUpsDone),
  ];
  return { nodes, flows: flowsBetween(choreography, nodes), compensating, ending: endingOf(choreography, main) };
}

function emittedNode(choreography: Choreography, link: Link): StepNode[] {
  const row = choreography.rows[link.step];
  const event = row?.emits.find(({ name }) => name === link.event);
  if (!row || !event) return [];
  const failed = isFailure(choreography, event) && row.role === undefined && row.compensates === undefined;
  const undo = failed || row.compensates !== undefined || row.role === 'interrupt';
  return [{ step: link.step, service: row.service, state: failed ? 'failed' : 'done', undo, event: link.event, link }];
}

function node({ rows }: Choreography, step: string, event: string | null, state: StepState): StepNode {
  const row = rows[step]!;
  return { step, service: row.service, state, undo: row.compensates !== undefined, event, link: null };
}

/** Follow-ups that have not emitted, and those without events, which are done once their service reports it. */
function afterwards(
  choreography: Choreography,
  taken: readonly Link[],
  whole: readonly Emission[],
  followUpsDone: ReadonlySet<string>,
): StepNode[] {
  const last = whole.at(-1)?.event;
  const ended = taken.some(({ event }) => event === last?.name);
  return Object.entries(choreography.rows).flatMap(([step, row]) => {
    if (row.role !== 'follow-up' || !last || !eventsHandledBy(row).includes(last)) return [];
    if (taken.some((link) => link.step === step)) return [];
    const silent = row.emits.length === 0;
    const state = ended ? (silent && followUpsDone.has(step) ? 'done' : 'next') : 'expected';
    return [node(choreography, step, row.emits[0]?.name ?? null, state)];
  });
}

/**
 * Flows from the emitting step of an event to all displayed steps that handle it. Past handling is known; future handling follows
 * from the table.
 */
function flowsBetween({ rows }: Choreography, nodes: readonly StepNode[]): Flow[] {
  const byEventId = new Map(nodes.flatMap((each) => (each.link ? [[each.link.eventId, each] as const] : [])));
  return nodes.flatMap((to): Flow[] => {
    const trigger = to.link?.triggeredBy;
    if (trigger) {
      const from = 'eventId' in trigger ? byEventId.get(trigger.eventId) : undefined;
      return from ? [{ from: from.step, to: to.step, taken: true, undo: from.undo }] : [];
    }
    const payload = eventsHandledBy(rows[to.step]!).map(({ name }) => name);
    const from = nodes.findLast((each) => each.step !== to.step && each.event !== null && payload.includes(each.event));
    if (!from) return [];
    return [{ from: from.step, to: to.step, taken: to.state === 'done', undo: from.undo }];
  });
}
