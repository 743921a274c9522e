import { type Choreography, type Emission, eventsHandledBy, eventsOf, isFailure } from '@quadrille/choreography';
import type { Link } from './timeline.js';
import { endingOf, hasTurned, wayAhead } from './way.js';

/** `said`: lit. `failed`: lit, and it turned the saga back. `next`: it has to speak now. `expected`: it will, if nothing goes wrong. */
type StationState = 'said' | 'failed' | 'next' | 'expected';

/** A step as the diagram shows it at a moment. */
export interface Station {
  readonly step: string;
  readonly service: string;
  readonly state: StationState;
  /** It goes back: an undo, an interrupt, a failure. */
  readonly undo: boolean;
  /** What it said, or will say; null for a step that says nothing. */
  readonly event: string | null;
  /** The evidence of what it said. */
  readonly link: Link | null;
}

/** An event on its way from who said it to who hears it. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly told: boolean;
  readonly undo: boolean;
}

/** What the diagram shows at a moment. */
export interface Scene {
  readonly stations: readonly Station[];
  readonly flows: readonly Flow[];
  readonly turned: boolean;
  readonly ending: string | undefined;
}

/** What there is to see when so much has been told: all of it from the table and from what was told. */
export function sceneOf(
  choreography: Choreography,
  told: readonly Link[],
  heardAfterwards: ReadonlySet<string>,
): Scene {
  const events = new Map(eventsOf(choreography.rows).map((event) => [event.name, event]));
  const sayings = told.flatMap(({ step, event }): Emission[] => {
    const known = events.get(event);
    return known && choreography.rows[step] ? [{ step, event: known }] : [];
  });
  const main = sayings.filter(({ step }) => choreography.rows[step]!.role !== 'follow-up');
  const ahead = wayAhead(choreography, main);
  const turned = hasTurned(choreography, main);
  const stations = [
    ...told.flatMap((link) => saidStation(choreography, link)),
    ...ahead.map(({ step, event }, at) => station(choreography, step, event.name, at === 0 ? 'next' : 'expected')),
    ...afterwards(choreography, told, [...main, ...ahead], heardAfterwards),
  ];
  return { stations, flows: flowsBetween(choreography, stations), turned, ending: endingOf(choreography, main) };
}

function saidStation(choreography: Choreography, link: Link): Station[] {
  const row = choreography.rows[link.step];
  const event = row?.emits.find(({ name }) => name === link.event);
  if (!row || !event) return [];
  const failed = isFailure(choreography, event) && row.role === undefined && row.compensates === undefined;
  const undo = failed || row.compensates !== undefined || row.role === 'interrupt';
  return [{ step: link.step, service: row.service, state: failed ? 'failed' : 'said', undo, event: link.event, link }];
}

function station({ rows }: Choreography, step: string, event: string | null, state: StationState): Station {
  const row = rows[step]!;
  return { step, service: row.service, state, undo: row.compensates !== undefined, event, link: null };
}

/** Steps after the ending that have not spoken, and those that say nothing: they are done when somebody knows that they have heard. */
function afterwards(
  choreography: Choreography,
  told: readonly Link[],
  whole: readonly Emission[],
  heardAfterwards: ReadonlySet<string>,
): Station[] {
  const last = whole.at(-1)?.event;
  const ended = told.some(({ event }) => event === last?.name);
  return Object.entries(choreography.rows).flatMap(([step, row]) => {
    if (row.role !== 'follow-up' || !last || !eventsHandledBy(row).includes(last)) return [];
    if (told.some((link) => link.step === step)) return [];
    const silent = row.emits.length === 0;
    const state = ended ? (silent && heardAfterwards.has(step) ? 'said' : 'next') : 'expected';
    return [station(choreography, step, row.emits[0]?.name ?? null, state)];
  });
}

/** From whoever said an event to everybody on the scene who hears it. What was heard is known; what will be follows from the table. */
function flowsBetween({ rows }: Choreography, stations: readonly Station[]): Flow[] {
  const byEventId = new Map(stations.flatMap((each) => (each.link ? [[each.link.eventId, each] as const] : [])));
  return stations.flatMap((to): Flow[] => {
    const trigger = to.link?.triggeredBy;
    if (trigger) {
      const from = 'eventId' in trigger ? byEventId.get(trigger.eventId) : undefined;
      return from ? [{ from: from.step, to: to.step, told: true, undo: from.undo }] : [];
    }
    const payload = eventsHandledBy(rows[to.step]!).map(({ name }) => name);
    const from = stations.findLast(
      (each) => each.step !== to.step && each.event !== null && payload.includes(each.event),
    );
    if (!from) return [];
    return [{ from: from.step, to: to.step, told: to.state === 'said', undo: from.undo }];
  });
}
