import { UnreadableMessage } from '@quadrille/choreography';

/**
 * The wire format of Confluent's schema registry (https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/#wire-format):
 * a zero byte, the id of the schema as an int32, the value. Protobuf has the path of the message in its schema before the value.
 */
const MAGIC = 0;
const ID_BYTES = 4;
const HEADER_BYTES = 1 + ID_BYTES;

/** JSON never begins with a zero byte. */
export const hasSchemaId = (bytes: Uint8Array): boolean => bytes[0] === MAGIC && bytes.length >= HEADER_BYTES;

/** Writes a value with the id of its schema. */
export function withSchemaId(id: number, ...parts: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32BE(id, 1);
  return Buffer.concat([header, ...parts]);
}

/** The id of the schema, and the bytes behind it. Only for bytes of which {@link hasSchemaId} is true. */
export function splitSchemaId(value: Uint8Array): { readonly id: number; readonly rest: Buffer } {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
  return { id: bytes.readInt32BE(1), rest: bytes.subarray(HEADER_BYTES) };
}

/** The path of a message in its file: `[1, 0]` is the first message inside of the second. The first of all is a single zero. */
export function writeMessagePath(path: readonly number[]): Buffer {
  if (path.length === 1 && path[0] === 0) return Buffer.from([0]);
  return Buffer.from([path.length, ...path].flatMap(zigzag));
}

/** Reads a path, and returns the bytes behind it. Throws an {@link UnreadableMessage} if the bytes end within it. */
export function readMessagePath(bytes: Buffer): { readonly path: readonly number[]; readonly rest: Buffer } {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || factor > 2 ** 28) {
        throw new UnreadableMessage('malformed', 'The value has no path of its Protobuf message.');
      }
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  };
  const length = next();
  const path = length === 0 ? [0] : [];
  for (let left = Math.min(length, bytes.length); left > 0; left--) path.push(next());
  return { path, rest: bytes.subarray(at) };
}

function zigzag(value: number): number[] {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}
