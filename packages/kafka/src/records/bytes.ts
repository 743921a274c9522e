/** Seven bits per byte: the number of bytes for 64 bits. */
const MOST_VARINT64_BYTES = 10;

/** Reads Kafka's primitive types one after the other; throws RangeError if the bytes end too early. */
export class ByteReader {
  at: number;

  constructor(
    readonly bytes: Buffer,
    at = 0,
  ) {
    this.at = at;
  }

  int16(): number {
    const value = this.bytes.readInt16BE(this.at);
    this.at += 2;
    return value;
  }

  int32(): number {
    const value = this.bytes.readInt32BE(this.at);
    this.at += 4;
    return value;
  }

  int64(): bigint {
    const value = this.bytes.readBigInt64BE(this.at);
    this.at += 8;
    return value;
  }

  /** A zigzag varint of up to 53 bits: lengths, offset deltas, and time deltas in milliseconds. */
  varint(): number {
    let byte = this.byte();
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    const last = this.at + MOST_VARINT64_BYTES;
    for (let factor = 0x80; byte > 0x7f; factor *= 0x80) {
      if (this.at >= last) throw new RangeError('A number does not end.');
      byte = this.byte();
      value += (byte & 0x7f) * factor;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** An int32 length and that many results of `each`, which must read at least one byte each. */
  array<Item>(each: () => Item): Item[] {
    const length = this.int32();
    if (length > this.bytes.length - this.at) throw new RangeError('The bytes end within a list.');
    const items: Item[] = [];
    for (let left = length; left > 0; left--) items.push(each());
    return items;
  }

  int16Text(): string {
    return this.text(this.int16());
  }

  text(bytes: number): string {
    const from = this.at;
    this.at += bytes;
    if (bytes < 0 || this.at > this.bytes.length) throw new RangeError('The bytes end within a text.');
    return this.bytes.toString('utf8', from, this.at);
  }

  /** Skips bytes; none for a negative length. */
  skip(bytes: number): void {
    this.at += Math.max(0, bytes);
  }

  /** A varint length and a text; null for a negative length. */
  nullableText(): string | null {
    const length = this.varint();
    return length < 0 ? null : this.text(length);
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError('The bytes end within a number.');
    return byte;
  }
}

/** Characters below which a loop is faster than a call into the runtime. */
const SHORT = 64;
/** A pair of surrogates takes four, and both must fit. */
const MOST_BYTES_A_CHARACTER = 4;

/** For 32 bits. */
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
