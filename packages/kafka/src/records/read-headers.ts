import type { ByteReader } from './byte-reader.js';

/** The headers that reach from here to `end`. Of a repeated header the first counts; one without a value does not. */
export function readHeaders(from: ByteReader, end: number): Record<string, string> {
  const start = from.at;
  const whole = from.bytes.toString('utf8', start, end);
  // One character a byte: then parts of this text are what reading each for itself would give, at a fraction of the cost.
  const aligned = whole.length === end - start;
  const headers: Record<string, string> = {};
  for (let left = from.varint(); left > 0; left--) {
    const name = text(from.varint());
    const length = from.varint();
    if (length >= 0) headers[name] ??= text(length);
  }
  return headers;

  function text(length: number): string {
    if (!aligned) return from.text(length);
    const at = from.at - start;
    from.at += length;
    return whole.slice(at, at + length);
  }
}

/** A name to look for among the bytes of headers. */
export class HeaderName {
  readonly bytes: Buffer;

  constructor(readonly text: string) {
    this.bytes = Buffer.from(text);
  }
}

/** The first header of this name that has a value; the others are passed over. */
export function findHeader(from: ByteReader, name: HeaderName): string | undefined {
  for (let left = from.varint(); left > 0; left--) {
    const length = from.varint();
    const found = length === name.bytes.length && startsWith(from, name.bytes);
    from.skip(length);
    const value = from.varint();
    if (found && value >= 0) return from.text(value);
    from.skip(value);
  }
  return undefined;
}

function startsWith({ bytes, at }: ByteReader, wanted: Buffer): boolean {
  // Names begin alike (`ce_`), so from the end.
  for (let each = wanted.length - 1; each >= 0; each--) if (bytes[at + each] !== wanted[each]) return false;
  return true;
}
