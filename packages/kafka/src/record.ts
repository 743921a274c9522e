/** A record ready to send: stored by the outbox and sent by the relay. */
export interface OutgoingRecord {
  readonly topic: string;
  /** Orders the records of one key, and selects the partition. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

/** A record in the form in which it is sent: its value may be bytes. */
export interface WireRecord extends Omit<OutgoingRecord, 'payload'> {
  readonly payload: string | Buffer;
}

/** A consumed record; nothing of it is validated yet. */
export interface IncomingRecord {
  readonly topic: string;
  readonly partition: number;
  /** A 64-bit number in decimal. */
  readonly offset: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string | null;
  /** Milliseconds since 1970 in decimal: the sender's creation time. */
  readonly timestamp: string;
  /**
   * The original bytes in Base64, from the key to the end of the headers, if a part is no valid UTF-8; absent if the texts are exact.
   * For values that are no text.
   */
  readonly raw?: string;
}

/**
 * The largest sent or read value and record, in bytes of UTF-8: below the broker's default of 1,048,588 bytes
 * (`message.max.bytes`), so that headers and framing still fit.
 */
export const MAX_MESSAGE_BYTES = 1_000_000;
