import type { Books } from '../books.js';
import { type Verdict, verdict } from '../verdict.js';

/** No event is lost, invented, or processed twice. */
export function everyEventOnce(books: Books): Verdict {
  const violations: string[] = [];
  for (const { service, outboxPending, outboxDead, parkedRetrying, parkedQueued, parkedDead } of books.plumbing) {
    if (outboxPending > 0) violations.push(`${service}: ${outboxPending} outbox rows have not reached their topic`);
    if (outboxDead > 0) violations.push(`${service}: ${outboxDead} outbox rows can never be sent`);
    if (parkedRetrying + parkedQueued > 0)
      violations.push(`${service}: ${parkedRetrying + parkedQueued} messages are parked`);
    if (parkedDead > 0) violations.push(`${service}: ${parkedDead} dead letters wait for an operator`);
  }
  const onTopics = new Set(books.records.map(({ eventId }) => eventId));
  const { removed } = books;
  for (const [id, at] of books.orderEvents)
    if (!onTopics.has(id) && at > removed.until)
      violations.push(`event ${id} of the order service never reached its topic`);
  const steps = [...books.accepted.values()].reduce((sum, each) => sum + each.size, 0);
  const judged = verdict(
    'every committed row reaches its topic, every record stems from a row, each event takes effect at most once',
    {
      records: books.records.length,
      events: onTopics.size,
      repeatedOnTheWire: books.records.length - onTopics.size,
      accepted: steps,
      ...(removed.records > 0 && { removed: removed.records }),
    },
    [...violations, ...ghosts(books), ...doubleEffects(books)],
  );
  return books.unreadable.length > 0 ? { ...judged, notJudged: books.unreadable } : judged;
}

/** Records without a committed row of a service. */
function ghosts(books: Books): string[] {
  return books.records.flatMap(({ service, step, eventId, type, causationId, place }) => {
    const isCommitted =
      causationId === null
        ? service !== 'order' || books.orderEvents.has(eventId)
        : books.accepted.get(service)?.has(`${step} ${causationId}`);
    return isCommitted ? [] : [`${type} ${eventId} at ${place} stems from no committed row of ${service}`];
  });
}

/** Two different events that one step emitted for the same cause. */
function doubleEffects(books: Books): string[] {
  const effects = new Map<string, string>();
  return books.records.flatMap(({ service, step, causationId, eventId }) => {
    if (causationId === null) return [];
    const cause = `${service} ${step} ${causationId}`;
    const before = effects.get(cause);
    effects.set(cause, before ?? eventId);
    return before !== undefined && before !== eventId
      ? [`${step} processed ${causationId} twice: ${before} and ${eventId}`]
      : [];
  });
}
