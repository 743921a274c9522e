/** Snappy encoding without compression: the length, here in two bytes, then the bytes as one literal. */
export function snappy(bytes: Buffer): Buffer {
  const [length, literal] = [bytes.length, bytes.length - 1];
  const head = [(length & 127) | 128, length >>> 7, 61 << 2, literal & 255, literal >>> 8];
  return Buffer.concat([Buffer.from(head), bytes]);
}
