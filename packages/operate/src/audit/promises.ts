import { type Choreography, type EventType, eventsOf, type Row } from '@quadrille/choreography';
import type { PublishedEvent } from '../running/published-events.js';
import type { Books, ServiceBooks } from './books.js';

/** Whether one promise holds, and the evidence. */
export interface Verdict {
  readonly promise: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  /** The reasons for which a part could not be judged. */
  readonly notJudged: readonly string[];
}

/** The promises of any choreography. A violation may be temporary, while events are in transit. */
export const judgeBooks = (choreography: Choreography, books: Books): Verdict[] => [
  everySagaEnds(choreography, books),
  everyEventIsTaken(choreography, books),
  everyCommittedEventIsPublished(books),
  everyRecordIsCommitted(choreography, books),
];

/** Each saga that began before the audit has one ending. */
function everySagaEnds(choreography: Choreography, { events, now }: Books): Verdict {
  const words = new Map(Object.entries(choreography.endings).map(([word, { name }]) => [name, word]));
  const inSaga = new Set(
    Object.values<Row>(choreography.rows).flatMap(({ role, emits }) =>
      role === 'follow-up' ? [] : emits.map(({ name }) => name),
    ),
  );
  const begun = new Set(events.flatMap(({ event, correlationId }) => (inSaga.has(event) ? [correlationId] : [])));
  const endings = new Map<string, Set<string>>();
  for (const { event, correlationId } of now) {
    const word = words.get(event);
    if (word === undefined) continue;
    endings.set(correlationId, (endings.get(correlationId) ?? new Set()).add(word));
  }
  const violations = [...begun].flatMap((saga) => {
    const found = endings.get(saga);
    if (!found) return [`${saga} has not ended`];
    return found.size > 1 ? [`${saga} ended as ${[...found].join(' and as ')}`] : [];
  });
  return { promise: 'every saga ends, in one way', counts: { sagas: begun.size }, violations, notJudged: [] };
}

/** Each event was processed by each step that handles it, and no step acted on one twice. */
function everyEventIsTaken({ rows }: Choreography, { events, now, services, rememberedSince }: Books): Verdict {
  const unread = new Set<string>();
  const violations: string[] = [];
  let taken = 0;
  for (const event of onceEach(events).filter(({ at }) => at >= rememberedSince)) {
    for (const [step, row] of Object.entries<Row>(rows)) {
      if (!handles(row, event.event)) continue;
      const books = services.get(row.service);
      if (!isRead(books)) unread.add(row.service);
      else if (books.accepted.has(`${step} ${event.id}`)) taken++;
      else violations.push(notTaken(step, row, event, books.parked.get(`${step} ${event.id}`)));
    }
  }
  return {
    promise: 'every event takes effect once per step',
    counts: { taken },
    violations: [...violations, ...actedTwice(now)],
    notJudged: unreadInWords(unread, services),
  };
}

const notTaken = (step: string, { service }: Row, { event, id }: PublishedEvent, state: string | undefined): string =>
  `${step} of ${service} has not taken ${event} ${id}${state === undefined ? '' : ` (${state})`}`;

/** Two different events that one step emitted for the same cause. */
function actedTwice(events: readonly PublishedEvent[]): string[] {
  const effects = new Map<string, string>();
  return events.flatMap(({ service, step, causationId, id }) => {
    if (causationId === undefined) return [];
    const cause = `${service} ${step} ${causationId}`;
    const before = effects.get(cause) ?? id;
    effects.set(cause, before);
    return before === id ? [] : [`${step} of ${service} acted on ${causationId} twice: ${before} and ${id}`];
  });
}

function everyCommittedEventIsPublished({ services }: Books): Verdict {
  const violations: string[] = [];
  for (const [service, books] of services) {
    if (!isRead(books)) continue;
    if (books.unpublished > 0) violations.push(`${books.unpublished} outbox rows of ${service} are not published`);
    if (books.unpublishable > 0) violations.push(`${books.unpublishable} outbox rows of ${service} can never be`);
  }
  const unread = [...services].flatMap(([service, books]) => (isRead(books) ? [] : [service]));
  const counts = { services: services.size - unread.length };
  return {
    ...{ promise: 'every committed event reaches its topic', counts, violations },
    notJudged: unreadInWords(unread, services),
  };
}

/** An event with a cause stands in the same transaction as the inbox row of that cause. */
function everyRecordIsCommitted({ rows }: Choreography, { now, services, rememberedSince }: Books): Verdict {
  const owners = new Map(eventsOf(rows).map((event) => [event.name, event.service]));
  const unread = new Set<string>();
  const violations: string[] = [];
  let records = 0;
  for (const { event, id, service, step, causationId, record, at } of now) {
    const place = `${record.topic}/${record.partition}/${record.offset}`;
    records++;
    if (owners.get(event) !== service) violations.push(`${event} ${id} at ${place} is of ${service}, not of its owner`);
    else if (causationId !== undefined && at >= rememberedSince) {
      const books = services.get(service);
      if (!isRead(books)) unread.add(service);
      else if (!books.accepted.has(`${step} ${causationId}`)) {
        violations.push(`${event} ${id} at ${place} stems from no committed row of ${service}`);
      }
    }
  }
  return {
    ...{ promise: 'every record stems from a committed event', counts: { records }, violations },
    notJudged: unreadInWords(unread, services),
  };
}

const handles = ({ handles: handled }: Row, name: string): boolean =>
  Array.isArray(handled) && (handled as readonly EventType[]).some((event) => event.name === name);

const onceEach = (events: readonly PublishedEvent[]): PublishedEvent[] => [
  ...new Map(events.map((event) => [event.id, event])).values(),
];

const isRead = (books: ServiceBooks | { readonly cause: string } | undefined): books is ServiceBooks =>
  books !== undefined && !('cause' in books);

const unreadInWords = (unread: Iterable<string>, services: Books['services']): string[] =>
  [...unread].map((service) => {
    const books = services.get(service);
    return `${service}: ${books && 'cause' in books ? books.cause : 'its database is not known'}`;
  });
