import { emissionRank } from './emission-rank.js';

/** An event of a saga in the read model: its type, service, step, time, record and cause. */
export interface KnownEvent {
  readonly eventId: string;
  readonly orderId: string;
  /** The event's name: `PaymentAuthorized`. */
  readonly type: string;
  readonly service: string;
  readonly step: string;
  /** ISO 8601 in UTC with milliseconds, so that texts compare like times. */
  readonly at: string;
  readonly topic: string;
  readonly partition: number;
  /** A 64-bit number in decimal. */
  readonly offset: string;
  /** The handled event; null for a command or a deadline. */
  readonly causationId: string | null;
}

/**
 * Events of one saga with the same origin have one order, for any clocks. Events of the table are ordered within their service by
 * rank, because each may have a topic of its own; foreign events are ordered within their topic by record.
 */
export const originOf = (event: KnownEvent): string =>
  emissionRank(event) === undefined ? `topic ${event.topic}` : `service ${event.service}`;

/** Compares by origin, then in the order of emission. */
export const byEmission = (a: KnownEvent, b: KnownEvent): number =>
  compare(originOf(a), originOf(b)) ||
  (emissionRank(a) ?? 0) - (emissionRank(b) ?? 0) ||
  compare(a.topic, b.topic) ||
  a.partition - b.partition ||
  compareOffsets(a.offset, b.offset);

/** Compares decimal numbers without leading zeros that may exceed a double: the longer one is larger. */
const compareOffsets = (a: string, b: string): number => a.length - b.length || compare(a, b);

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
