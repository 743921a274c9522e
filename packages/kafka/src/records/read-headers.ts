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
