import {
  cloudEventType,
  parseCloudEventType,
  UnreadableMessage,
  type ValueFormat,
  type ValueToDecode,
} from '@quadrille/choreography';
import { RegistryClient, type RegistryConnection } from './registry-client.js';
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
    const own = type !== undefined && parseCloudEventType(type) ? byType.get(type) : undefined;
    const known = `${id} ${own?.name ?? ''}`;
    const make = readers.has(known) ? undefined : await makerOf(registered.schemaType);
    return readable(place, () => {
      // Older versions are read as they were written: upcasters take them.
      const reader = readers.get(known) ?? make!(registered.schema, own);
      readers.set(known, reader);
      return JSON.stringify(reader(rest));
    });
  }

  return {
    recognizes: hasSchemaId,
    decode,
    describe(type) {
      const schema = byType.get(type);
      return schema && { contentType: schema.contentType, ...schema.document };
    },
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

type MakeReader = (writer: string, own: ValueSchema | undefined) => ValueReader;

/** The languages of schemas are optional packages: one is loaded when the first value in it is read. */
async function makerOf(schemaType: string): Promise<MakeReader> {
  if (schemaType === 'AVRO') return (await loaded('avsc', () => import('./avro.js'))).avroReader;
  if (schemaType === 'PROTOBUF') return (await loaded('protobufjs', () => import('./protobuf.js'))).protobufReader;
  return () => (bytes) => JSON.parse(bytes.toString());
}

async function loaded<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new Error(`${name} cannot be loaded: run npm install ${name} to read values in its format.`, { cause });
  }
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
