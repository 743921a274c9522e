import type { Offsets, UnreadableBatch } from '@quadrille/kafka';
import type { RecordEntry, Removed } from '../books.js';
import type { OffsetSnapshot } from './offset-snapshot.js';

/** Clocks of services and of producers may differ by so much. */
const SKEW_MS = 10_000;

/** What is read at once: offsets from and to, of each partition. */
export interface Slice {
  readonly from: Offsets;
  readonly to: Offsets;
}

/** Records of a partition that were gone before they were read, or may have been: the brokers know which. */
interface Gap {
  readonly place: string;
  readonly from: bigint;
  readonly to: bigint;
  /** When the first record behind it was sent; the moment of the look when there is none. Milliseconds since 1970. */
  readonly until: number;
}

/**
 * How far each partition is read, and what of it can be read no longer: retention or an operator removes the oldest records, and a topic
 * that was deleted and made again begins anew.
 */
export class Reading {
  readonly #next = new Map<string, bigint>();
  /** The last record that was read of each partition. Another one at its place tells of another topic of that name. */
  readonly #last = new Map<string, string>();
  /** Where records are known to be gone, and it is not known yet when those were sent. */
  readonly #behindGap = new Set<string>();
  /** When the oldest record was sent of those partitions that seem to have all they ever had: nothing older can be on the topic. */
  #beganAt = Number.POSITIVE_INFINITY;
  #gaps: Gap[] = [];
  #removed = 0n;
  #until = Number.NEGATIVE_INFINITY;

  /** `topic`: the one of which it matters when what is gone was said. */
  constructor(private readonly topic: string) {}

  get removed(): Removed {
    return { records: Number(this.#removed), until: this.#until };
  }

  /** Before a look. Gives the partitions that begin anew: what was read of them is there no more. */
  begin({ begins, ends }: Pick<OffsetSnapshot, 'begins' | 'ends'>): ReadonlySet<string> {
    const anew = new Set<string>();
    for (const [place, end] of ends) {
      const begin = begins.get(place) ?? 0n;
      if (end < this.#nextOf(place)) {
        anew.add(place);
        this.#restart(place, begin);
      } else if (this.#nextOf(place) < begin) {
        this.#removed += begin - this.#nextOf(place);
        this.#restart(place, begin);
      }
    }
    return anew;
  }

  /** What to read next, at most `most` records of each partition; undefined when all below the cut is read. */
  slice({ ends }: Pick<OffsetSnapshot, 'ends'>, most: bigint): Slice | undefined {
    const [from, to] = [new Map<string, bigint>(), new Map<string, bigint>()];
    for (const [place, end] of ends) {
      const next = this.#nextOf(place);
      const until = lesser(end, next + most);
      from.set(place, next < until && this.#last.has(place) ? next - 1n : next);
      to.set(place, until);
    }
    return [...ends].some(([place, end]) => this.#nextOf(place) < end) ? { from, to } : undefined;
  }

  /** What of the records that were read of a slice is new, and which partitions begin anew although they are as long as before. */
  fresh(records: readonly RecordEntry[]): {
    readonly fresh: readonly RecordEntry[];
    readonly anew: ReadonlySet<string>;
  } {
    const isNew = (record: RecordEntry) => offsetOf(record) >= this.#nextOf(partitionOf(record));
    const isOther = (record: RecordEntry) => !isNew(record) && markOf(record) !== this.#last.get(partitionOf(record));
    const anew = new Set(records.filter(isOther).map(partitionOf));
    return { fresh: records.filter((record) => isNew(record) && !anew.has(partitionOf(record))), anew };
  }

  /** Takes what is new of a slice, of each partition in order. `at`: the moment of the look. */
  take({ to }: Slice, fresh: readonly RecordEntry[], anew: ReadonlySet<string>, at: number): void {
    const byPlace = new Map<string, RecordEntry[]>();
    for (const record of fresh) {
      const place = partitionOf(record);
      const before = byPlace.get(place);
      if (before) before.push(record);
      else byPlace.set(place, [record]);
    }
    for (const place of anew) this.#restart(place, 0n);
    for (const [place, end] of to) {
      if (anew.has(place) || this.#nextOf(place) >= end) continue;
      const records = byPlace.get(place) ?? [];
      this.#lookForGap(place, end, records, at);
      const last = records.at(-1);
      if (last) this.#last.set(place, markOf(last));
      else this.#last.delete(place);
      this.#next.set(place, end);
    }
  }

  /** After a look, with where the partitions begin by now: what was not there may have been removed while it was to be read. */
  finish(begins: Offsets, at: number): void {
    for (const { place, from, to, until } of this.#gaps) {
      const begin = begins.get(place) ?? 0n;
      if (begin <= from) continue;
      this.#removed += lesser(begin, to) - from;
      this.#missing(place, until);
    }
    this.#gaps = [];
    for (const place of this.#behindGap) this.#missing(place, at);
    this.#behindGap.clear();
    if (Number.isFinite(this.#beganAt)) this.#until = Math.max(this.#until, this.#beganAt - 1);
  }

  /** A part of a partition cannot be read. Nobody knows when what stands there was sent: before this look. */
  cannotRead(place: string, at: number): void {
    this.#missing(place, at);
  }

  #lookForGap(place: string, end: bigint, records: readonly RecordEntry[], at: number): void {
    const [first] = records;
    const own = records.find(({ topic, service }) => topic.split('.').includes(service));
    const until = own ? Math.min(own.at, at) : at;
    if (own && !this.#next.has(place) && place.startsWith(`${this.topic}/`))
      this.#beganAt = Math.min(this.#beganAt, until);
    if (own && this.#behindGap.delete(place)) this.#missing(place, until);
    const from = this.#nextOf(place);
    const to = first ? offsetOf(first) : end;
    if (to > from) this.#gaps.push({ place, from, to, until });
  }

  #missing(place: string, until: number): void {
    if (place.startsWith(`${this.topic}/`)) this.#until = Math.max(this.#until, until + SKEW_MS);
  }

  #restart(place: string, begin: bigint): void {
    this.#next.set(place, begin);
    this.#last.delete(place);
    this.#behindGap.add(place);
  }

  #nextOf(place: string): bigint {
    return this.#next.get(place) ?? 0n;
  }
}

export const offsetOf = ({ place }: Pick<RecordEntry, 'place'>): bigint =>
  BigInt(place.slice(place.lastIndexOf('/') + 1));
export const partitionOf = ({ place }: Pick<RecordEntry, 'place'>): string => place.slice(0, place.lastIndexOf('/'));

/** A batch that cannot be read: its place and the cause. */
export const unreadableInWords = ({ topic, partition, offset, message }: UnreadableBatch): string =>
  `${topic}/${partition} from offset ${offset} cannot be read: ${message.replace(/\.$/, '')}`;

const markOf = ({ eventId, at }: RecordEntry): string => `${at} ${eventId}`;
const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);
