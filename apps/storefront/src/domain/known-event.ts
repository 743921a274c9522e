/** An event of a saga as the storefront knows it: what was said by whom, when, where the record lies and what had been heard. */
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
  /** The event that was heard; null where a caller or a clock began. */
  readonly causationId: string | null;
}

/** By topic, then as their service said them: within one order all events of a topic are in one partition. */
export const asSaid = (a: KnownEvent, b: KnownEvent): number =>
  compare(a.topic, b.topic) || a.partition - b.partition || compareOffsets(a.offset, b.offset);

/** Decimal numbers without leading zeros, beyond what a double can hold: the longer one is larger. */
const compareOffsets = (a: string, b: string): number => a.length - b.length || compare(a, b);

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
