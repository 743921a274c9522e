import type { z } from 'zod';

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
