/**
 * The form of a choreography's records where it differs from CloudEvents in Kafka's binary mode with JSON values. All services of a
 * choreography need the same. Outbox, inbox and parked messages have the default form: records are converted next to the broker.
 */
export interface Wire {
  /** The format of values; JSON by default. */
  readonly values?: ValueFormat;
  readonly headers?: WireHeaders;
  /** The records of other systems on a topic that a service skips. By default each becomes a dead letter. */
  readonly skip?: SkipRule;
}

/** A format of values other than JSON, such as Avro with a schema registry. */
export interface ValueFormat {
  /**
   * Encodes the value of a record; undefined: its JSON text is sent. Rejects with an {@link UnencodableValue} if the value does not fit
   * its schema: the record moves to the dead rows of the outbox. After any other error its topic waits, and is tried again.
   */
  encode(record: ValueToEncode): Promise<EncodedValue | undefined>;
  /** Whether bytes have this format. Others are read as JSON, so that a topic may hold both. */
  recognizes(bytes: Uint8Array): boolean;
  /** The JSON text of a value. Rejects with an `UnreadableMessage` for a dead letter; after any other error the records are retried. */
  decode(record: ValueToDecode): Promise<string>;
  /** For AsyncAPI: the format of an event by its CloudEvents type; undefined for JSON. */
  describe?(type: string): DescribedValue | undefined;
}

/** The format of an event's values. `schemaFormat`: the media type of the schema's language. */
export interface DescribedValue {
  readonly contentType: string;
  readonly schemaFormat: string;
  readonly schema: unknown;
}

/** The value of a record before it is sent. */
export interface ValueToEncode {
  readonly topic: string;
  /** The CloudEvents type with its version; undefined for records that are no events. */
  readonly type: string | undefined;
  readonly json: string;
}

/** The value of a record that a service has received. */
export interface ValueToDecode {
  readonly topic: string;
  readonly type: string | undefined;
  readonly bytes: Uint8Array;
}

/** An encoded value and its content type, such as `application/avro`. */
export interface EncodedValue {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** Names of headers other than `ce_id`, `ce_type` and so on. */
export interface WireHeaders {
  /** Instead of `ce_`: `cloudEvents_`. */
  readonly prefix?: string;
  /** Names by attribute: `{ id: 'message-id', type: 'event-type' }`. */
  readonly names?: Readonly<Partial<Record<WireAttribute, string>>>;
}

/** Attributes of an event in the headers of its record. */
export type WireAttribute =
  | 'specversion'
  | 'id'
  | 'source'
  | 'type'
  | 'subject'
  | 'time'
  | 'correlationid'
  | 'causationid'
  | 'traceparent';

/** All attributes. */
export const WIRE_ATTRIBUTES: readonly WireAttribute[] = [
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'correlationid',
  'causationid',
  'traceparent',
];

/** The name of an attribute's header: `ce_id`. CloudEvents' Kafka binding has `ce_` before each; trace context has no prefix. */
export function headerNameOf(attribute: WireAttribute, { prefix = 'ce_', names }: WireHeaders = {}): string {
  return names?.[attribute] ?? (attribute === 'traceparent' ? attribute : `${prefix}${attribute}`);
}

/** A choice among the records whose type is in no contract of the choreography: by type, or by a function. */
export type SkipRule =
  | {
      /** Beginnings of types: `['com.legacy.']`. */
      readonly types?: readonly string[];
      /** Also records without a type header. */
      readonly untyped?: boolean;
    }
  | ((record: ForeignRecord) => boolean);

/** A record whose type is in no contract of the choreography. */
export interface ForeignRecord {
  readonly topic: string;
  readonly key: string | null;
  readonly type: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether a record of another system is skipped. */
export function isSkipped(skip: SkipRule, record: ForeignRecord): boolean {
  if (typeof skip === 'function') return skip(record);
  const { type } = record;
  if (type === undefined) return skip.untyped === true;
  return (skip.types ?? []).some((beginning) => type.startsWith(beginning));
}

/** A value that does not fit the schema of its event, and never will. */
export class UnencodableValue extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnencodableValue';
  }
}
