import { type Choreography, type EventType, isFailure, type Row } from '@quadrille/choreography';
import type { PublishedEvent } from '../running/published-events.js';
import type { Link, Missing, SagaTimeline } from '../saga-timeline.js';
import { isKnown, type SeenFacts } from './service-facts.js';

/** Builds the timeline of a saga from its events, at least one, and from the inboxes of its services. */
export function timelineOf(
  choreography: Choreography,
  published: readonly PublishedEvent[],
  facts: ReadonlyMap<string, SeenFacts>,
): SagaTimeline {
  const events = onceEach(published);
  const byId = new Map(events.map((event) => [event.id, event]));
  const ending = Object.entries(choreography.endings).flatMap(([word, { name }]) =>
    events.filter(({ event }) => event === name).map(({ at }) => ({ word, at })),
  )[0];
  const missing = missingOf(choreography, events, facts);
  const isFollowUp = ({ step }: Missing) => choreography.rows[step]!.role === 'follow-up';
  return {
    state: ending?.word ?? (turnsBack(choreography, events) ? 'compensating' : 'running'),
    outcome: ending?.word ?? null,
    startedAt: events[0]!.at,
    endedAt: ending?.at ?? null,
    links: events.map((event) => linkOf(choreography, event, byId)),
    awaited: missing.filter((each) => !isFollowUp(each)),
    afterwards: missing.filter(isFollowUp),
  };
}

/** Each event once, ordered by time; ids of version 7 order events of the same millisecond. */
function onceEach(published: readonly PublishedEvent[]): PublishedEvent[] {
  const first = new Map<string, PublishedEvent>();
  for (const event of published) if (!first.has(event.id)) first.set(event.id, event);
  const order = ({ at, id }: PublishedEvent) => `${new Date(at).toISOString()} ${id}`;
  return [...first.values()].sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

function turnsBack(choreography: Choreography, events: readonly PublishedEvent[]): boolean {
  return events.some(({ step, event }) => {
    const row: Row | undefined = choreography.rows[step];
    const emitted = row?.emits.find(({ name }) => name === event);
    return row?.compensates !== undefined || (emitted !== undefined && isFailure(choreography, emitted));
  });
}

function linkOf({ rows }: Choreography, event: PublishedEvent, byId: ReadonlyMap<string, PublishedEvent>): Link {
  const { id, causationId, key: _, correlationId: __, ...rest } = event;
  return { ...rest, eventId: id, triggeredBy: triggerOf(rows[event.step], causationId, byId) };
}

function triggerOf(
  row: Row | undefined,
  causationId: string | undefined,
  byId: ReadonlyMap<string, PublishedEvent>,
): Link['triggeredBy'] {
  if (causationId !== undefined) {
    const cause = byId.get(causationId);
    return { eventId: causationId, event: cause?.event ?? null, step: cause?.step ?? null };
  }
  if (row && 'kind' in row.handles && row.handles.kind === 'deadline') return { deadline: row.handles.label };
  return {
    request: row && 'kind' in row.handles && row.handles.kind === 'command' ? row.handles.request : 'a request',
  };
}

/** The steps that should have run for an event of the saga, and have not. */
function missingOf(
  { rows }: Choreography,
  events: readonly PublishedEvent[],
  facts: ReadonlyMap<string, SeenFacts>,
): Missing[] {
  return events.flatMap((event) =>
    Object.entries<Row>(rows).flatMap(([step, row]): Missing[] => {
      if (!handles(row, event.event) || hasRun(step, row, event, events, facts.get(row.service))) return [];
      return [{ step, service: row.service, since: event.at, givenUp: givenUp(step, event, facts.get(row.service)) }];
    }),
  );
}

const handles = ({ handles: handled }: Row, name: string): boolean =>
  Array.isArray(handled) && (handled as readonly EventType[]).some((event) => event.name === name);

/**
 * Judged by the inbox of the service; if that is unknown, by the emitted events. A step that emits nothing then counts as run.
 */
function hasRun(
  step: string,
  { emits }: Row,
  { id }: PublishedEvent,
  events: readonly PublishedEvent[],
  facts: SeenFacts | undefined,
): boolean {
  if (isKnown(facts)) return facts.accepted.has(`${step} ${id}`);
  return emits.length === 0 || events.some((each) => each.step === step && each.causationId === id);
}

function givenUp(step: string, { id }: PublishedEvent, facts: SeenFacts | undefined): Missing['givenUp'] {
  const dead = isKnown(facts)
    ? facts.parked.find((each) => each.step === step && each.messageId === id && each.state === 'dead')
    : undefined;
  return dead ? { code: dead.code, cause: dead.cause, at: dead.parkedAt } : null;
}
