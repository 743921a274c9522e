import { byEmission, compare, type KnownEvent, originOf } from './known-event.js';

/**
 * Sorts events causally: each after its cause and after the earlier events of its own service, for any clock skew between
 * services; otherwise by time. The result depends only on the set.
 */
export function causalOrder(known: readonly KnownEvent[]): KnownEvent[] {
  const waiting = [...known].sort(byEmission);
  const ids = new Set(waiting.map(({ eventId }) => eventId));
  const placed = new Set<string>();
  const ordered: KnownEvent[] = [];
  while (waiting.length > 0) {
    const ready = waiting.filter(
      (event, at) =>
        (event.causationId === null || placed.has(event.causationId) || !ids.has(event.causationId)) &&
        (at === 0 || originOf(waiting[at - 1]!) !== originOf(event)),
    );
    // A cycle of causes is no real history; then only time decides.
    const next = (ready.length > 0 ? ready : waiting).reduce((a, b) => (byTime(a, b) <= 0 ? a : b));
    waiting.splice(waiting.indexOf(next), 1);
    placed.add(next.eventId);
    ordered.push(next);
  }
  return ordered;
}

const byTime = (a: KnownEvent, b: KnownEvent): number => compare(a.at, b.at) || compare(a.eventId, b.eventId);
