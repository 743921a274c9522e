import type { ByteReader } from './bytes.js';

/** Reads the headers from here to `end`. Of a repeated header the first counts; one without a value does not. */
export function readHeaders(from: ByteReader, end: number): Record<string, string> {
  const text = textsUpTo(from, end);
  // Without a prototype: `constructor` and `__proto__` are valid names.
  const headers: Record<string, string> = Object.create(null);
  for (let left = from.varint(); left > 0; left--) {
    const name = text(from.varint());
    const length = from.varint();
    if (length < 0) continue;
    // Read in any case: the next header begins behind it.
    const value = text(length);
    headers[name] ??= value;
  }
  return headers;
}

/** A header name to find among encoded headers. */
export class HeaderName {
  readonly bytes: Buffer;

  constructor(readonly text: string) {
    this.bytes = Buffer.from(text);
  }
}

/** Finds the first header of this name with a value; others are skipped. */
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

/** A name whose value often equals that of the previous record: then that text is reused without an allocation. */
class Recurring extends HeaderName {
  last = '';
}

/** Several names whose values are read in one pass over the encoded headers: fastest in this order. */
export class HeaderNames {
  private readonly names: readonly Recurring[];
  private readonly none: readonly undefined[];

  constructor(...names: readonly string[]) {
    this.names = names.map((name) => new Recurring(name));
    this.none = names.map(() => undefined);
  }

  nameAt(at: number): string {
    return this.names[at]!.text;
  }

  /** Reads their values from an object. */
  valuesIn(headers: Readonly<Record<string, string>>): (string | undefined)[] {
    return this.names.map(({ text }) => headers[text]);
  }

  /** Reads their values among the headers from here to `end`; equal to {@link readHeaders}. */
  pick(from: ByteReader, end: number): (string | undefined)[] {
    const { names } = this;
    const text = textsUpTo(from, end);
    const values: (string | undefined)[] = [...this.none];
    let likeliest = 0;
    for (let left = from.varint(); left > 0; left--) {
      const which = this.which(from, from.varint(), likeliest);
      const length = from.varint();
      if (which < 0 || length < 0 || values[which] !== undefined) {
        from.skip(length);
        continue;
      }
      likeliest = which + 1;
      const name = names[which]!;
      if (isText(from, length, name.last)) from.at += length;
      else name.last = text(length);
      values[which] = name.last;
    }
    return values;
  }

  /** Skips a name, and returns its index among ours; -1 for another one. */
  private which(from: ByteReader, length: number, likeliest: number): number {
    const { names } = this;
    for (let tried = 0, at = likeliest; tried < names.length; tried++, at++) {
      if (at >= names.length) at = 0;
      if (names[at]!.bytes.length === length && startsWith(from, names[at]!.bytes)) {
        from.at += length;
        return at;
      }
    }
    from.skip(length);
    return -1;
  }
}

/** Compares the next bytes with a text; false for a text outside of ASCII. */
function isText({ bytes, at }: ByteReader, length: number, text: string): boolean {
  if (text.length !== length) return false;
  // Different ids and times usually differ at their end.
  for (let each = length - 1; each >= 0; each--) {
    const byte = bytes[at + each]!;
    if (byte > 0x7f || byte !== text.charCodeAt(each)) return false;
  }
  return true;
}

/** Returns the texts between here and `end` one by one. */
function textsUpTo(from: ByteReader, end: number): (length: number) => string {
  const start = from.at;
  const whole = from.bytes.toString('utf8', start, end);
  // One byte per character: then parts of this text equal separately decoded parts, at a fraction of the cost.
  if (whole.length !== end - start) return (length) => from.text(length);
  return (length) => {
    const at = from.at - start;
    from.at += length;
    return whole.slice(at, at + length);
  };
}

function startsWith({ bytes, at }: ByteReader, wanted: Buffer): boolean {
  // Names begin alike (`ce_`), so the comparison starts at the end.
  for (let each = wanted.length - 1; each >= 0; each--) if (bytes[at + each] !== wanted[each]) return false;
  return true;
}

const BEYOND = 'its headers do not end where it ends';

/**
 * Returns the flaw of a record whose key begins here and whose headers should end at `end`; undefined if it is valid. Allocates
 * no text.
 */
export function flawOf(from: ByteReader, end: number): string | undefined {
  try {
    from.skip(from.varint());
    from.skip(from.varint());
    let left = from.varint();
    for (; left > 0 && from.at < end; left--) {
      const name = from.varint();
      if (name < 0) return 'a header has no name';
      from.at += name;
      from.skip(from.varint());
    }
    return left === 0 && from.at === end ? undefined : BEYOND;
  } catch {
    return BEYOND;
  }
}
