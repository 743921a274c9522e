/** Characters below which a loop is faster than a call into the runtime. */
const SHORT = 64;
/** A pair of surrogates takes four, and both must fit. */
const MOST_BYTES_A_CHARACTER = 4;

const MOST_VARINT_BYTES = 5;

/** A growing buffer: Kafka's primitive types, written one after the other. */
export class ByteWriter {
  bytes: Buffer;
  at = 0;

  constructor(expectedBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(expectedBytes);
  }

  /** Ensures room for this many more bytes. Later writes do not check it. */
  reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.at + more));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  int8(value: number): void {
    this.bytes[this.at++] = value;
  }

  int16(value: number): void {
    this.at = this.bytes.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at);
  }

  int64(value: bigint): void {
    this.at = this.bytes.writeBigInt64BE(value, this.at);
  }

  /** Zigzag, seven bits per byte. */
  varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.bytes[this.at++] = (rest & 0x7f) | 0x80;
    this.bytes[this.at++] = rest;
  }

  /** The length as a varint, then UTF-8. Ensures its own room. */
  varintText(text: string): void {
    if (text.length < SHORT) {
      this.reserve(1 + text.length);
      if (this.shortAscii(text)) return;
    }
    const bytes = Buffer.byteLength(text);
    this.reserve(MOST_VARINT_BYTES + bytes);
    this.varint(bytes);
    this.at += this.bytes.write(text, this.at);
  }

  /** The length as a varint, then the bytes. Reserves for itself. */
  varintBytes(value: Uint8Array): void {
    this.reserve(MOST_VARINT_BYTES + value.length);
    this.varint(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  /** A text without its length. Returns false, without writing, for a character outside of ASCII. Ensures its own room. */
  ascii(text: string): boolean {
    // With room for one more character: otherwise a truncated text could be mistaken for one that fits.
    this.reserve(text.length + MOST_BYTES_A_CHARACTER);
    const bytes = this.bytes.write(text, this.at);
    if (bytes !== text.length) return false;
    this.at += bytes;
    return true;
  }

  /** The length as an int16, then UTF-8. Ensures its own room. */
  int16Text(text: string): void {
    this.reserve(2 + 3 * text.length);
    const bytes = this.bytes.write(text, this.at + 2);
    this.int16(bytes);
    this.at += bytes;
  }

  /** The most common texts of headers. Returns false, without writing, for a character outside of ASCII. */
  private shortAscii(text: string): boolean {
    const { bytes } = this;
    const { length } = text;
    let at = this.at;
    // Below 64 characters the length takes one byte.
    bytes[at++] = length << 1;
    for (let each = 0; each < length; each++) {
      const code = text.charCodeAt(each);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.at = at;
    return true;
  }
}
