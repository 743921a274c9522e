import { type EventType, type FieldPath, personalFieldsOf, UnencodableValue } from '@quadrille/choreography';
import avsc from 'avsc';
import { A_SEALED_TEXT, type ValueReader, type ValueSchema } from './value-schema.js';

type Schema = avsc.Schema;
type RecordType = avsc.types.RecordType;

/**
 * Values of an event as Avro records. A field with the default `null` is one that the event may leave out; any other `null` is a value.
 * `bytes` and `fixed` have no form in JSON and are refused. Throws for a schema that Avro does not allow.
 */
export function avro(event: EventType, schema: object): ValueSchema {
  const type = typeOf(schema);
  if (!isRecord(type) || !type.name) throw new Error(`The Avro schema of ${event.name} must be a record with a name.`);
  demandJson(event.name, type);
  for (const path of personalFieldsOf(event.schema)) demandText(event.name, type, path);
  return {
    event,
    registered: { schemaType: 'AVRO', schema: JSON.stringify(schema) },
    name: type.name,
    contentType: 'application/avro',
    document: { schemaFormat: 'application/vnd.apache.avro+json;version=1.9.0', schema },
    encode(data) {
      const wrong: string[] = [];
      const errorHook = (path: string[], value: unknown) => void wrong.push(`${path.join('.')}: ${shown(value)}`);
      // A field that the schema does not have would be lost without an error.
      if (!type.isValid(data, { noUndeclaredFields: true, errorHook })) {
        throw new UnencodableValue(`${event.name} does not fit its Avro schema at ${wrong.join(', ')}.`);
      }
      return type.toBuffer(data);
    },
  };
}

/** Reads values by the schema of their writer, and resolves them to that of the reader, if it is given. */
export function avroReader(writer: string, reader?: ValueSchema): ValueReader {
  const written = typeOf(JSON.parse(writer));
  const read = reader?.registered.schemaType === 'AVRO' ? typeOf(JSON.parse(reader.registered.schema)) : written;
  const resolver = read === written ? undefined : read.createResolver(written);
  return (bytes) => plain(read, read.fromBuffer(bytes, resolver));
}

const typeOf = (schema: unknown): avsc.Type => avsc.Type.forSchema(schema as Schema);

const isRecord = (type: avsc.Type): type is RecordType => type.typeName === 'record';

/** As JSON: objects without the classes of avsc, and without the optional fields that were not set. */
function plain(type: avsc.Type, value: any): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (isRecord(type)) {
    const fields = type.fields.flatMap(({ name, type: of, defaultValue }) => {
      const isLeftOut = value[name] === null && of.typeName.startsWith('union') && defaultValue() === null;
      return isLeftOut ? [] : [[name, plain(of, value[name])] as const];
    });
    return Object.fromEntries(fields);
  }
  if (type.typeName === 'array') {
    return value.map((item: unknown) => plain((type as avsc.types.ArrayType).itemsType, item));
  }
  if (type.typeName === 'map') {
    const { valuesType } = type as avsc.types.MapType;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(valuesType, item)]));
  }
  if (type.typeName === 'union:unwrapped') {
    const branch = (type as avsc.types.UnwrappedUnionType).types.find((each) => each.isValid(value));
    return branch ? plain(branch, value) : value;
  }
  return value;
}

/** Throws for a type that JSON cannot hold, or whose values avsc would wrap in an object with the name of the branch. */
function demandJson(event: string, root: avsc.Type): void {
  const seen = new Set<avsc.Type>();
  const visit = (type: avsc.Type, at: string): void => {
    if (seen.has(type)) return;
    seen.add(type);
    if (['bytes', 'fixed', 'union:wrapped'].includes(type.typeName)) {
      const what = type.typeName === 'union:wrapped' ? 'a union whose branches look alike in JSON' : type.typeName;
      throw new Error(`The Avro schema of ${event} has ${what} at ${at}: use a string, or a record for each branch.`);
    }
    if (isRecord(type)) for (const { name, type: of } of type.fields) visit(of, `${at}.${name}`);
    if (type.typeName === 'array') visit((type as avsc.types.ArrayType).itemsType, `${at}[]`);
    if (type.typeName === 'map') visit((type as avsc.types.MapType).valuesType, `${at}{}`);
    if (type.typeName === 'union:unwrapped') {
      for (const branch of (type as avsc.types.UnwrappedUnionType).types) visit(branch, at);
    }
  };
  visit(root, event);
}

/** Throws if a personal field cannot hold the text that it is sealed to. */
function demandText(event: string, type: avsc.Type, path: FieldPath, at = event): void {
  const [field, ...rest] = path;
  const branches = type.typeName === 'union:unwrapped' ? (type as avsc.types.UnwrappedUnionType).types : [type];
  if (field === undefined) {
    if (type.isValid(A_SEALED_TEXT)) return;
    throw new Error(
      `The Avro schema of ${event} has ${type.typeName} at ${at}: a personal field is sealed and needs string.`,
    );
  }
  for (const branch of branches) {
    if (isRecord(branch)) {
      for (const { name, type: of } of branch.fields) if (name === field) demandText(event, of, rest, `${at}.${name}`);
    }
    if (branch.typeName === 'array' && field === '*') {
      demandText(event, (branch as avsc.types.ArrayType).itemsType, rest, `${at}[]`);
    }
  }
}

const shown = (value: unknown): string => String(JSON.stringify(value)).slice(0, 100);
