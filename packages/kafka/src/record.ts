/** A record ready to send: what the outbox keeps and the relay hands over. */
export interface OutgoingRecord {
  readonly topic: string;
  /** Records of one key keep their order; it also picks the partition. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

/** A record in the form in which it is sent: its value may be bytes. */
export interface WireRecord extends Omit<OutgoingRecord, 'payload'> {
  readonly payload: string | Buffer;
}

/** A record as it came: nothing of it is trusted yet. */
export interface IncomingRecord {
  readonly topic: string;
  readonly partition: number;
  /** A 64-bit number in decimal. */
  readonly offset: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string | null;
  /** Milliseconds since 1970 in decimal: when the sender made the record. */
  readonly timestamp: string;
  /** What of the record its texts do not say truly, as Kafka holds it, in Base64: from its key to the end of its headers; absent where they say all. For values that are no text. */
  readonly raw?: string;
}

/**
 * The largest value and the largest record we send or read, in bytes of UTF-8: below the 1,048,588 bytes a broker takes by default
 * (`message.max.bytes`), so that headers and framing still fit.
 */
export const MAX_MESSAGE_BYTES = 1_000_000;
