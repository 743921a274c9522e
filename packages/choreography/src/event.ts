import { z } from 'zod';

/** An event as a step returns it: name and data, before the runtime adds an id and publishes it. */
export interface DomainEvent<Name extends string = string, Data = any> {
  readonly type: Name;
  readonly data: Data;
}

/** Converts the data of one version of an event to the next version. Pure. */
type Upcaster = (old: any) => unknown;

/** Owner, wire name, schema and upcasters of an event. */
export interface EventOptions<Data> {
  /** The service that owns the event. Only this service may emit it. */
  readonly service: string;
  /** The stable name on the wire, without the version: `quadrille.payment.authorized`. */
  readonly wireName: string;
  /** The current version. Older versions are upcast before a step receives them. */
  readonly version: number;
  readonly schema: z.ZodType<Data>;
  /** The field of the data that is the key: all events of one key stay in order. */
  readonly key: keyof Data & string;
  /**
   * The field of the data that is the key of the record on Kafka, if it is not `key`: for topics that are partitioned by the customer. All
   * events of one `key` must have the same value in it, or they have no order.
   */
  readonly recordKey?: keyof Data & string;
  /** From version n to n + 1, for each n below `version` that may still be read. */
  readonly upcasters?: Readonly<Record<number, Upcaster>>;
  /** No step needs to handle the event. */
  readonly final?: boolean;
  /** The event reports that a step failed; the steps that handle it turn the saga back. */
  readonly failure?: boolean;
}

/** A kind of event, and a function that makes one: `PaymentFailed({ orderId, reason })`. */
export interface EventType<Name extends string = string, Data = any> extends EventOptions<Data> {
  readonly name: Name;
  (data: Data): DomainEvent<Name, Data>;
}

/** The data of an event type. */
export type DataOf<E> = E extends EventType<any, infer Data> ? Data : never;
/** The events of an event type, with name and data. */
export type DomainEventOf<E> = E extends EventType<infer Name, infer Data> ? DomainEvent<Name, Data> : never;

/** Declares an event. The type of its data comes from the schema. */
export function event<Name extends string, Schema extends z.ZodType>(
  name: Name,
  facts: Omit<EventOptions<z.infer<Schema>>, 'schema'> & { readonly schema: Schema },
): EventType<Name, z.infer<Schema>> {
  const make = (data: z.infer<Schema>): DomainEvent<Name, z.infer<Schema>> => ({ type: name, data });
  Object.defineProperty(make, 'name', { value: name });
  return Object.assign(make, facts) as unknown as EventType<Name, z.infer<Schema>>;
}

/** The type on the wire with its version, as CloudEvents `type`: `quadrille.payment.authorized.v1`. */
export const cloudEventType = (event: EventType): string => `${event.wireName}.v${event.version}`;

/**
 * An event in transit: CloudEvents 1.0 attributes (https://github.com/cloudevents/spec; `ce_*` headers in Kafka's binary mode)
 * and the data. The common format of outbox, inbox and Kafka.
 */
export interface Envelope<Data = unknown> {
  /** UUID, version 7: the identity that consumers deduplicate by. */
  readonly id: string;
  /** With version: `quadrille.payment.authorized.v1`. */
  readonly type: string;
  /** `/payment/authorize-payment`: the service and the step that emitted the event. */
  readonly source: string;
  /** The key: all messages of one subject stay in order. */
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Identity of the saga: the id of the order. */
  readonly correlationid: string;
  /** Id of the handled event; absent after a command or a deadline. */
  readonly causationid?: string;
  /** W3C trace context. */
  readonly traceparent?: string;
  readonly data: Data;
}

/** `/payment/authorize-payment` from its two parts. */
export const sourceOf = (service: string, step: string): string => `/${service}/${step}`;

/** A message that could not be read. `code` is stable and stored with the parked message. */
export class UnreadableMessage extends Error {
  constructor(
    readonly code:
      | 'unknown-type'
      | 'unknown-version'
      | 'unknown-schema'
      | 'invalid-data'
      | 'wrong-origin'
      | 'malformed'
      | 'too-large'
      | 'unreadable-bug',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'UnreadableMessage';
  }
}

const MAX_SHOWN_CHARACTERS = 200;
const VERSIONED = /^(.+)\.v([1-9]\d*)$/;

/** Splits `quadrille.payment.authorized.v1` into name and version; undefined for another format. */
export function parseCloudEventType(type: string): { wireName: string; version: number } | undefined {
  const match = VERSIONED.exec(type);
  return match?.[1] === undefined ? undefined : { wireName: match[1], version: Number(match[2]) };
}

/**
 * The error for an event from another source than its owner. Without this check, a writer of one topic could publish events of
 * every service.
 */
export const wrongOrigin = ({ name }: EventType, how: string): UnreadableMessage =>
  new UnreadableMessage('wrong-origin', `${name} ${how}.`);

/** Throws {@link wrongOrigin} unless the source of the event is its owner and its subject is the key of the record. */
export function demandOwner(
  event: EventType,
  key: string | null,
  { source, subject }: { readonly source: string; readonly subject: string },
): void {
  if (!source.startsWith(`/${event.service}/`))
    throw wrongOrigin(event, `has the source ${shown(source)}, its owner is ${event.service}`);
  if (key !== subject) throw wrongOrigin(event, `has the subject ${shown(subject)}, which is not the record's key`);
}

const shown = (text: string): string => text.slice(0, MAX_SHOWN_CHARACTERS);

/**
 * Converts the data of a stored or received event to the current version. Throws {@link UnreadableMessage} if the version is
 * newer than the contract, has no upcaster, or the result violates the schema.
 */
export function upcast<Data>(event: EventType<string, Data>, version: number, data: unknown): Data {
  if (version > event.version) {
    throw new UnreadableMessage(
      'unknown-version',
      `${event.name} has version ${version}, this service supports versions up to ${event.version}: deploy the newer contract first.`,
    );
  }
  let today = data;
  for (let at = version; at < event.version; at++) {
    const up = event.upcasters?.[at];
    if (!up) throw new UnreadableMessage('unknown-version', `${event.name} has no upcaster from version ${at}.`);
    today = raised(event.name, at, up, today);
  }
  const parsed = checked(event, today);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw new UnreadableMessage('invalid-data', `${event.name}: ${first?.path.join('.') ?? ''} ${first?.message ?? ''}`);
}

/** An upcaster accepts data of its version; an exception in it means invalid data. */
function raised(name: string, version: number, up: (old: any) => unknown, data: unknown): unknown {
  try {
    return up(data);
  } catch (cause) {
    throw invalidData(`${name}: no data of version ${version}`, cause);
  }
}

/** A schema may transform data, and a transformation may throw. */
function checked<Data>({ name, schema }: EventType<string, Data>, data: unknown) {
  try {
    return compiled(schema).safeParse(data);
  } catch (cause) {
    throw invalidData(`${name}: its schema throws`, cause);
  }
}

const invalidData = (text: string, cause: unknown): UnreadableMessage =>
  new UnreadableMessage('invalid-data', `${text} (${cause instanceof Error ? cause.message : typeof cause})`, {
    cause,
  });

const known = new WeakMap<z.ZodType, z.ZodType>();

/**
 * Returns the schema compiled to JavaScript, for schemas that run on every message: same results, same errors, in a fraction of
 * the time. Where code generation is not allowed, or for a schema that cannot be compiled (an asynchronous refinement), it
 * returns the schema itself.
 */
export function compiled<Data>(schema: z.ZodType<Data>): z.ZodType<Data> {
  let fast = known.get(schema) as z.ZodType<Data> | undefined;
  if (!fast) {
    // Compiled on first use, not when the event is declared: it takes milliseconds, and a service reads only some of the declared
    // events.
    fast = z.compile(schema);
    known.set(schema, fast);
  }
  return fast;
}
