/** Seven bits per byte: the number of bytes for 64 bits. */
const MOST_VARINT_BYTES = 10;

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
    const last = this.at + MOST_VARINT_BYTES;
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
