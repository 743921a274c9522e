import {
  type EventType,
  type FieldPath,
  personalFieldsOf,
  UnencodableValue,
  UnreadableMessage,
} from '@quadrille/choreography';
import pb from 'protobufjs';
import type { ValueReader, ValueSchema } from './value-schema.js';
import { readMessagePath, writeMessagePath } from './wire-format.js';

/**
 * Values of an event as Protobuf messages. `text`: a .proto file without imports; `message`: the full name of the message, by default the
 * first of the file. Fields have the names of the event's data, as they stand in the file. Throws for a text that is no such file.
 */
export function protobuf(event: EventType, text: string, message?: string): ValueSchema {
  const file = fileOf(text);
  const [first] = file.messages;
  const found = message === undefined ? first : file.messages.find(({ type }) => nameOf(type) === message);
  if (!found) throw new Error(`The Protobuf schema of ${event.name} has no message ${message ?? ''}.`);
  const { type, path } = found;
  for (const field of personalFieldsOf(event.schema)) demandText(event.name, type, field);
  return {
    event,
    registered: { schemaType: 'PROTOBUF', schema: text },
    name: nameOf(type),
    contentType: 'application/x-protobuf',
    document: { schemaFormat: `application/vnd.google.protobuf;version=${file.version}`, schema: text },
    encode(data) {
      const wrong = unknownField(type, data) ?? type.verify(data as object);
      if (wrong) throw new UnencodableValue(`${event.name} does not fit its Protobuf schema: ${wrong}.`);
      return Buffer.concat([writeMessagePath(path), type.encode(type.fromObject(data as object)).finish()]);
    },
  };
}

/** Reads values by the schema of their writer. */
export function protobufReader(writer: string): ValueReader {
  const { messages } = fileOf(writer);
  return (bytes) => {
    const { path, rest } = readMessagePath(bytes);
    const found = messages.find((each) => each.path.join() === path.join());
    if (!found) throw new UnreadableMessage('malformed', `The Protobuf schema has no message at ${path.join('.')}.`);
    const options = { longs: Number, enums: String, bytes: String, defaults: true };
    return withSafeNumbers(found.type.toObject(found.type.decode(rest), options));
  };
}

interface FoundMessage {
  readonly type: pb.Type;
  /** Its place in the file: `[1, 0]` is the first message inside of the second. */
  readonly path: readonly number[];
}

function fileOf(text: string): { readonly messages: readonly FoundMessage[]; readonly version: 2 | 3 } {
  const { root, package: name, imports = [] } = pb.parse(text, { keepCase: true });
  if (imports.length > 0)
    throw new Error(`The Protobuf schema imports ${imports.join(', ')}: imports are not supported.`);
  root.resolveAll();
  const top = name === undefined ? root : (root.lookup(name) as pb.Namespace);
  return { messages: messagesIn(top, []), version: /^\s*syntax\s*=\s*["']proto3["']/m.test(text) ? 3 : 2 };
}

const messagesIn = ({ nestedArray }: pb.NamespaceBase, path: readonly number[]): FoundMessage[] =>
  nestedArray
    .filter((each): each is pb.Type => each instanceof pb.Type)
    .flatMap((type, nth) => [{ type, path: [...path, nth] }, ...messagesIn(type, [...path, nth])]);

const nameOf = ({ fullName }: pb.Type): string => fullName.replace(/^\./, '');

/** Throws if a personal field cannot hold the text that it is sealed to. */
function demandText(event: string, type: pb.Type, path: FieldPath): void {
  let at: pb.Type | null = type;
  const names = path.filter((name) => name !== '*');
  for (const [nth, name] of names.entries()) {
    const field: pb.Field | undefined = at?.fields[name]?.resolve();
    if (!field) return;
    if (nth === names.length - 1 && field.type !== 'string') {
      const place = `${event}.${names.join('.')}`;
      throw new Error(
        `The Protobuf schema of ${event} has ${field.type} at ${place}: a personal field is sealed and needs string.`,
      );
    }
    at = field.resolvedType instanceof pb.Type ? field.resolvedType : null;
  }
}

/** The first field of the data that the message does not have: it would be lost without an error. */
function unknownField(type: pb.Type, data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  for (const [name, value] of Object.entries(data)) {
    const field = type.fields[name];
    if (!field) return `${nameOf(type)} has no field ${name}`;
    const inner = field.resolve().resolvedType;
    if (!(inner instanceof pb.Type)) continue;
    const values = Array.isArray(value) ? value : field.map ? Object.values(value ?? {}) : [value];
    for (const each of values) {
      const wrong = unknownField(inner, each);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

/** 64-bit numbers beyond those that JSON holds exactly are refused, not rounded. */
function withSafeNumbers(value: unknown): unknown {
  JSON.stringify(value, (name, each) => {
    if (Number.isInteger(each) && !Number.isSafeInteger(each)) {
      throw new UnreadableMessage('malformed', `The number ${each} of ${name} is too large for JSON.`);
    }
    return each;
  });
  return value;
}
