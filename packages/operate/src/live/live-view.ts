import { type Choreography, type EventType, eventsHandledBy } from '@quadrille/choreography';
import type { PublishedEvent } from '../running/published-events.js';
import { timelineOf } from '../saga/timeline-of.js';
import type { Link } from '../saga-timeline.js';
import type { EventSink } from './followed-events.js';
import type { ShownEvent, ShownRow, ShownSaga, ShownState, ShownTable } from './page/shown.js';
import { type Picture, pictureOf } from './picture.js';

/** The sagas with the latest events are stored, so that the memory is bounded. */
const MAX_SAGAS = 500;
const MAX_EVENTS_PER_SAGA = 100;
const MAX_SHOWN_SAGAS = 30;
const MAX_MOVED = 300;

/** The sagas that pass through a choreography, derived from its table and its events alone. */
export class LiveView implements EventSink {
  readonly table: ShownTable;
  /** The saga with the latest event is the last. */
  private readonly sagas = new Map<string, PublishedEvent[]>();
  private readonly counts: Record<string, number> = {};
  private readonly picture: Picture;
  private moved: string[] = [];
  private problem: string | null = 'Kafka is not read yet.';
  private isChanged = true;

  constructor(private readonly choreography: Choreography) {
    this.picture = pictureOf(choreography);
    this.table = tableOf(choreography, this.picture);
  }

  setProblem(problem: string | null): void {
    this.isChanged ||= this.problem !== problem;
    this.problem = problem;
  }

  add(event: PublishedEvent): void {
    const way = `${event.step} ${event.event}`;
    this.isChanged = true;
    this.counts[way] = (this.counts[way] ?? 0) + 1;
    if (this.moved.length < MAX_MOVED) this.moved.push(way);
    const events = this.sagas.get(event.correlationId) ?? [];
    this.sagas.delete(event.correlationId);
    this.sagas.set(event.correlationId, [...events, event].slice(-MAX_EVENTS_PER_SAGA));
    if (this.sagas.size > MAX_SAGAS) this.sagas.delete(this.sagas.keys().next().value!);
  }

  /** The present state, for a page that was just opened. */
  now(): ShownState {
    const latest = [...this.sagas].slice(-MAX_SHOWN_SAGAS).reverse();
    const sagas = latest.map(([id, events]) => this.sagaOf(id, events));
    return { problem: this.problem, counts: { ...this.counts }, sagas, moved: [] };
  }

  /** The state since the previous call; undefined if nothing has changed. */
  changed(): ShownState | undefined {
    if (!this.isChanged) return undefined;
    const state = { ...this.now(), moved: this.moved };
    this.moved = [];
    this.isChanged = false;
    return state;
  }

  private sagaOf(id: string, events: readonly PublishedEvent[]): ShownSaga {
    const { state, endedAt, startedAt, links, awaited, afterwards } = timelineOf(this.choreography, events, new Map());
    return {
      ...{ id, state, ended: endedAt !== null, startedAt, lastAt: links.at(-1)!.at },
      events: links.map((link) => this.eventOf(link)),
      awaited: [...awaited, ...afterwards].map(({ step, service }) => `${step} of ${service}`),
    };
  }

  private eventOf({ event, step, service, at, record, triggeredBy }: Link): ShownEvent {
    const { topic, partition, offset } = record;
    const back = this.picture.wayOf(step, event)?.back ?? false;
    return { event, step, service, at, record: `${topic}/${partition}/${offset}`, cause: causeOf(triggeredBy), back };
  }
}

function causeOf(trigger: Link['triggeredBy']): string {
  if ('request' in trigger) return trigger.request;
  if ('deadline' in trigger) return trigger.deadline;
  return trigger.event ?? 'an earlier event';
}

function tableOf(choreography: Choreography, picture: Picture): ShownTable {
  const { services, lines } = picture;
  const rows = Object.entries(choreography.rows);
  const ways = rows.flatMap(([step, { emits }]) =>
    emits.map(({ name }) => [`${step} ${name}`, picture.wayOf(step, name)!] as const),
  );
  return {
    system: choreography.system,
    topology: { services, lines },
    ways: Object.fromEntries(ways),
    rows: rows.map(([step, row]): ShownRow => {
      const { handles } = row;
      const request = 'kind' in handles ? (handles.kind === 'command' ? handles.request : handles.label) : undefined;
      return {
        ...{ step, service: row.service },
        handles: request === undefined ? namesOf(eventsHandledBy(row)) : [request],
        ...{ emits: namesOf(row.emits), compensates: Object.keys(row.compensates ?? {}) },
      };
    }),
  };
}

const namesOf = (events: readonly EventType[]): string[] => events.map(({ name }) => name);
