import type { Offsets, UnreadableBatch } from '@quadrille/kafka';
import type { RecordEntry, Removed } from '../books.js';
import type { OffsetSnapshot } from './offset-snapshot.js';

/** Maximum clock skew between services and producers, in ms. */
const SKEW_MS = 10_000;

/** One read: start and end offset of each partition. */
export interface Slice {
  readonly from: Offsets;
  readonly to: Offsets;
}

/** A range of offsets without records: they may have been removed before they were read, which the brokers decide. */
interface Gap {
  readonly place: string;
  readonly from: bigint;
  readonly to: bigint;
  /** Time of the first record behind it; without such a record, time of the pass. Ms since 1970. */
  readonly until: number;
}

/**
 * Progress of each partition, and its records that can no longer be read: retention or an operator removes the oldest ones, and a
 * recreated topic begins again.
 */
export class Reading {
  readonly #next = new Map<string, bigint>();
  /** The last record read of each partition. Another record at its offset means a recreated topic. */
  readonly #last = new Map<string, string>();
  /** Partitions with removed records of unknown time. */
  readonly #behindGap = new Set<string>();
  /** Time of the oldest record in partitions that seem complete: no older event can be on the topics. */
  #beganAt = Number.POSITIVE_INFINITY;
  #gaps: Gap[] = [];
  #removed = 0n;
  #until = Number.NEGATIVE_INFINITY;

  /** `topics`: those for which the time of removed events matters. */
  constructor(private readonly topics: ReadonlySet<string>) {}

  get removed(): Removed {
    return { records: Number(this.#removed), until: this.#until };
  }

  /** Starts a pass. Returns the partitions that begin again: their records read so far no longer exist. */
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

  /** The next read, with at most `most` records per partition; undefined when everything below the cut is read. */
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

  /** Returns the new records of a slice, and the partitions that begin again although they are as long as before. */
  fresh(records: readonly RecordEntry[]): {
    readonly fresh: readonly RecordEntry[];
    readonly anew: ReadonlySet<string>;
  } {
    const isNew = (record: RecordEntry) => offsetOf(record) >= this.#nextOf(partitionOf(record));
    const isOther = (record: RecordEntry) => !isNew(record) && markOf(record) !== this.#last.get(partitionOf(record));
    const anew = new Set(records.filter(isOther).map(partitionOf));
    return { fresh: records.filter((record) => isNew(record) && !anew.has(partitionOf(record))), anew };
  }

  /** Records the new records of a slice, in order per partition. `at`: time of the pass. */
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

  /** Ends a pass, given the current first offsets: missing records may have been removed during the pass. */
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

  /** Marks a part of a partition as unreadable. The time of its records is unknown, but before this pass. */
  cannotRead(place: string, at: number): void {
    this.#missing(place, at);
  }

  #lookForGap(place: string, end: bigint, records: readonly RecordEntry[], at: number): void {
    const [first] = records;
    const own = records.find(({ topic, service }) => topic.split('.').includes(service));
    const until = own ? Math.min(own.at, at) : at;
    if (own && !this.#next.has(place) && this.#timeMatters(place)) this.#beganAt = Math.min(this.#beganAt, until);
    if (own && this.#behindGap.delete(place)) this.#missing(place, until);
    const from = this.#nextOf(place);
    const to = first ? offsetOf(first) : end;
    if (to > from) this.#gaps.push({ place, from, to, until });
  }

  #missing(place: string, until: number): void {
    if (this.#timeMatters(place)) this.#until = Math.max(this.#until, until + SKEW_MS);
  }

  #timeMatters(place: string): boolean {
    return this.topics.has(place.slice(0, place.lastIndexOf('/')));
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
