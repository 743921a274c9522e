import {
  cloudEventType,
  parseCloudEventType,
  UnreadableMessage,
  type ValueFormat,
  type ValueToDecode,
} from '@quadrille/choreography';
import { avroReader } from './avro.js';
import { protobufReader } from './protobuf.js';
import { type RegisteredSchema, RegistryClient, type RegistryConnection } from './registry-client.js';
import type { ValueReader, ValueSchema } from './value-schema.js';
import { hasSchemaId, splitSchemaId, withSchemaId } from './wire-format.js';

/** A schema registry and the schemas of the events. */
export interface SchemaRegistryOptions extends RegistryConnection {
  /** By `avro(event, …)` and `protobuf(event, …)`. Events without one are sent as JSON. */
  readonly schemas: readonly ValueSchema[];
  /** Whether schemas are registered when they are first used; else they must be there. True by default. */
  readonly register?: boolean;
  /**
   * Names of subjects: `topic-record` is `<topic>-<name of the record>`, `record` its name alone, `topic` is `<topic>-value`, for topics with
   * one type. `topic-record` by default.
   */
  readonly subject?: 'topic-record' | 'record' | 'topic';
}

/**
 * Values as Avro or Protobuf by a schema registry with Confluent's interface. While the registry is away, records of schemas that are known
 * go on; others wait. Throws for schemas that cannot be, and for two of one event.
 */
export function schemaRegistry(options: SchemaRegistryOptions): ValueFormat {
  const { schemas, register = true, subject = 'topic-record' } = options;
  const client = new RegistryClient(options);
  const byType = new Map(schemas.map((schema) => [cloudEventType(schema.event), schema]));
  if (byType.size < schemas.length) throw new Error('An event has two schemas: remove one.');
  const readers = new Map<string, ValueReader>();

  async function decode({ topic, type, bytes }: ValueToDecode): Promise<string> {
    const { id, rest } = splitSchemaId(bytes);
    const registered = await client.schemaOf(id);
    const place = `The value of ${type ?? 'a record'} on ${topic}, of schema ${id},`;
    return readable(place, () => JSON.stringify(readerOf(id, registered, type)(rest)));
  }

  /** Older versions are read as they were written: upcasters take them. */
  function readerOf(id: number, registered: RegisteredSchema, type: string | undefined): ValueReader {
    const own = type !== undefined && parseCloudEventType(type) ? byType.get(type) : undefined;
    const known = `${id} ${own?.name ?? ''}`;
    const reader = readers.get(known) ?? makeReader(registered, own);
    readers.set(known, reader);
    return reader;
  }

  return {
    recognizes: hasSchemaId,
    decode,
    async encode({ topic, type, json }) {
      const schema = type === undefined ? undefined : byType.get(type);
      if (!schema) return undefined;
      const bytes = schema.encode(JSON.parse(json));
      const id = await client.idOf(subjectOf(subject, topic, schema.name), schema.registered, register);
      return { bytes: withSchemaId(id, bytes), contentType: schema.contentType };
    },
  };
}

function subjectOf(strategy: NonNullable<SchemaRegistryOptions['subject']>, topic: string, name: string): string {
  if (strategy === 'record') return name;
  return strategy === 'topic' ? `${topic}-value` : `${topic}-${name}`;
}

function makeReader({ schemaType, schema }: RegisteredSchema, own: ValueSchema | undefined): ValueReader {
  if (schemaType === 'AVRO') return avroReader(schema, own);
  if (schemaType === 'PROTOBUF') return protobufReader(schema);
  return (bytes) => JSON.parse(bytes.toString());
}

/** A value that does not fit its schema is a bad message; no other attempt would read it. */
function readable<Value>(what: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableMessage) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw new UnreadableMessage('malformed', `${what} cannot be read: ${cause}.`, { cause: error });
  }
}
