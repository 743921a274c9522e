import type { z } from 'zod';

/** What a step said: the name of an event and its data, before the plumbing gives it an id and sends it. */
export interface DomainEvent<Name extends string = string, Data = any> {
  readonly type: Name;
  readonly data: Data;
}

/** Turns the data of one version of an event into the data of the next. Pure. */
type Upcaster = (old: any) => unknown;

/** What an event is: who says it, how it is called on the wire, what it carries and how older versions are read. */
export interface EventOptions<Data> {
  /** The service that owns the event: the only one that may say it. */
  readonly service: string;
  /** The stable name on the wire, without the version: `quadrille.payment.authorized`. */
  readonly wireName: string;
  /** The version that is said today; older ones are upcast before a step sees them. */
  readonly version: number;
  readonly schema: z.ZodType<Data>;
  /** The field of the data that keys the event: all events of one key keep their order. */
  readonly key: keyof Data & string;
  /** From version n to n + 1, for each n below `version` that may still be read. */
  readonly upcasters?: Readonly<Record<number, Upcaster>>;
  /** Nobody needs to hear it. */
  readonly final?: boolean;
  /** It says that a step could not do its work: who hears it turns the saga back. */
  readonly failure?: boolean;
}

/** A kind of event, and the function that says one: `PaymentFailed({ orderId, reason })`. */
export interface EventType<Name extends string = string, Data = any> extends EventOptions<Data> {
  readonly name: Name;
  (data: Data): DomainEvent<Name, Data>;
}

export type DataOf<E> = E extends EventType<any, infer Data> ? Data : never;
export type DomainEventOf<E> = E extends EventType<infer Name, infer Data> ? DomainEvent<Name, Data> : never;

/** Declares an event. Its data's type comes from the schema. */
export function event<Name extends string, Schema extends z.ZodType>(
  name: Name,
  facts: Omit<EventOptions<z.infer<Schema>>, 'schema'> & { readonly schema: Schema },
): EventType<Name, z.infer<Schema>> {
  const say = (data: z.infer<Schema>): DomainEvent<Name, z.infer<Schema>> => ({ type: name, data });
  Object.defineProperty(say, 'name', { value: name });
  return Object.assign(say, facts) as unknown as EventType<Name, z.infer<Schema>>;
}

/** The type on the wire with its version, as CloudEvents `type`: `quadrille.payment.authorized.v1`. */
export const cloudEventType = (event: EventType): string => `${event.wireName}.v${event.version}`;
