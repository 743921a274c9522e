import { type EventType, SEALED_PREFIX } from '@quadrille/choreography';
import type { RegisteredSchema } from './registry-client.js';

/** A sealed text, as personal fields have it on the wire. */
export const A_SEALED_TEXT = `${SEALED_PREFIX}${'A'.repeat(38)}`;

/** The schema of an event's values on the wire: made by `avro` or `protobuf`. */
export interface ValueSchema {
  readonly event: EventType;
  readonly registered: RegisteredSchema;
  /** The full name of the record or message, for the names of subjects. */
  readonly name: string;
  /** `application/avro`. */
  readonly contentType: string;
  /** For AsyncAPI: the schema, and the media type of its language. */
  readonly document: { readonly schemaFormat: string; readonly schema: unknown };
  /** The bytes behind the id of the schema. Throws an `UnencodableValue` if the data does not fit. */
  readonly encode: (data: unknown) => Uint8Array;
}

/** Reads values of one writer's schema. Throws if they do not fit. */
export type ValueReader = (bytes: Buffer) => unknown;
