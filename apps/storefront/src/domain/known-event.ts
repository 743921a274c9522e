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

/** Compares by topic, then in the order of publication: within one order all events of a topic are in one partition. */
export const byEmission = (a: KnownEvent, b: KnownEvent): number =>
  compare(a.topic, b.topic) || a.partition - b.partition || compareOffsets(a.offset, b.offset);

/** Compares decimal numbers without leading zeros that may exceed a double: the longer one is larger. */
const compareOffsets = (a: string, b: string): number => a.length - b.length || compare(a, b);

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
