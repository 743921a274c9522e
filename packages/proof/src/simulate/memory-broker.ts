import type { IncomingRecord } from '@quadrille/kafka';
import type { Chance } from './chance.js';
import type { Place } from './foreign-records.js';
import type { Life, Run } from './life.js';

const PARTITIONS = 4;
/** Maximum number of records per partition that are redelivered. */
const MOST_REWOUND = 10;

/** A record from the outbox. */
interface Sent {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

interface Seat {
  readonly life: Life;
  /** The next position, by topic and partition. */
  readonly positions: Map<string, number>;
  readonly wake: () => void;
}

/** A consumer group: each partition is assigned to one member, and offsets are committed. */
interface Group {
  readonly topics: readonly string[];
  readonly committed: Map<string, number>;
  seats: Seat[];
}

/** A broker in memory: topics with partitions, groups with offsets, rebalances. */
export class MemoryBroker {
  private readonly logs = new Map<string, IncomingRecord[]>();
  private readonly foreign = new WeakSet<IncomingRecord>();
  /** Records of the system's own services, by subject: the key of the saga, which the record's own key need not be. */
  private readonly bySubject = new Map<string, IncomingRecord[]>();
  private readonly groups = new Map<string, Group>();

  private readonly chance: Chance;
  /** The broker is unavailable. */
  away = false;
  /** Missing topics. */
  readonly gone = new Set<string>();
  /** Partitions that return no records for now. */
  readonly slow = new Set<string>();

  constructor(private readonly run: Run) {
    this.chance = run.chanceOf('broker');
  }

  /**
   * Appends records in their order, except those of missing topics. Throws if the broker is unavailable or the acknowledgement is
   * lost.
   */
  send(records: readonly Sent[]): void {
    if (this.away) throw new Error('Connection error: connect ECONNREFUSED');
    const refused = records.flatMap(({ topic }, at) => (this.gone.has(topic) ? [at] : []));
    for (const { topic, key, headers, payload } of records)
      if (!this.gone.has(topic)) this.put(topic, key, headers, payload);
    if (refused.length > 0) throw refusedTopics(records, refused);
    if (!this.run.triggers.hits('acknowledgement lost')) return;
    this.run.journal.note('acknowledgement lost', `${records.length} records`);
    throw new Error('Request timed out');
  }

  /** Appends a record; equal keys go to the same partition of every topic. */
  put(topic: string, key: string, headers: Readonly<Record<string, string>>, value: string): void {
    this.run.journal.note('record sent', `${headers.ce_type ?? 'notice'} ${key}`);
    const record = this.add(topic, key, (place) => ({ ...place, key, headers, value }));
    const subject = headers.ce_subject ?? key;
    const ofSubject = this.bySubject.get(subject);
    if (ofSubject) ofSubject.push(record);
    else this.bySubject.set(subject, [record]);
  }

  /** Appends a record of another system to a topic. */
  putForeign(topic: string, key: string, recordAt: (place: Place) => IncomingRecord): void {
    this.foreign.add(this.add(topic, key, recordAt));
  }

  private add(topic: string, key: string, recordAt: (place: Place) => IncomingRecord): IncomingRecord {
    const partition = partitionOf(key);
    const log = this.logOf(topic, partition);
    const record = recordAt({ topic, partition, offset: String(log.length), timestamp: String(Date.now()) });
    log.push(record);
    for (const group of this.groups.values()) {
      if (group.topics.includes(topic)) for (const seat of group.seats) seat.wake();
    }
    return record;
  }

  join(name: string, topics: readonly string[], life: Life, wake: () => void): void {
    const group: Group = this.groups.get(name) ?? { topics, committed: new Map(), seats: [] };
    this.groups.set(name, group);
    // A member that was expelled twice returns twice, but has one seat.
    if (group.seats.some((seat) => seat.life === life)) return;
    group.seats.push({ life, positions: new Map(), wake });
    this.rebalance(name);
  }

  leave(name: string, life: Life): void {
    const group = this.groups.get(name)!;
    group.seats = group.seats.filter((seat) => seat.life !== life);
    this.rebalance(name);
  }

  /** Assigns the partitions anew. The former owner may still process its fetched records. */
  rebalance(name: string): void {
    const group = this.groups.get(name)!;
    if (group.seats.length === 0) return;
    this.run.journal.note('rebalance', name);
    for (const seat of group.seats) seat.positions.clear();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const seat = this.chance.pick(group.seats);
      for (const topic of group.topics) {
        const place = `${topic}/${partition}`;
        seat.positions.set(place, group.committed.get(place) ?? 0);
      }
    }
    for (const seat of group.seats) seat.wake();
  }

  /** Rewinds the committed offsets of a group, as an operator can do. */
  rewind(name: string): void {
    const group = this.groups.get(name)!;
    for (const [place, next] of group.committed) {
      group.committed.set(place, Math.max(0, next - this.chance.between(0, MOST_REWOUND)));
    }
    this.rebalance(name);
  }

  /** Returns some of the available records for a consumer, in the order of each partition. */
  fetch(name: string, life: Life, most: number): IncomingRecord[] {
    const seat = this.seatOf(name, life);
    const fetched: IncomingRecord[] = [];
    if (this.away) return fetched;
    for (const [place, position] of seat?.positions ?? []) {
      const records = (this.logs.get(place) ?? []).slice(position, position + this.chance.between(1, most));
      // Records that arrive too late for this fetch are in the next one.
      if (records.length === 0 || this.slow.has(place) || this.chance.oneIn(4)) continue;
      seat!.positions.set(place, position + records.length);
      fetched.push(...records);
    }
    return fetched;
  }

  /**
   * A member that has lost the partition cannot commit. Returns false if the broker is unavailable; the commit must be retried.
   */
  commit(name: string, life: Life, records: readonly IncomingRecord[]): boolean {
    if (this.away) return false;
    const group = this.groups.get(name)!;
    const seat = this.seatOf(name, life);
    for (const { topic, partition, offset } of records) {
      const place = `${topic}/${partition}`;
      const position = seat?.positions.get(place);
      if (position === undefined || position <= Number(offset)) this.run.journal.note('late commit refused', name);
      else group.committed.set(place, Math.max(group.committed.get(place) ?? 0, Number(offset) + 1));
    }
    return true;
  }

  /** Every group has consumed and committed everything. */
  isDrained = (): boolean =>
    [...this.groups.values()].every(({ topics, committed }) =>
      topics.every((topic) =>
        Array.from({ length: PARTITIONS }, (_, partition) => `${topic}/${partition}`).every(
          (place) => (this.logs.get(place)?.length ?? 0) === (committed.get(place) ?? 0),
        ),
      ),
    );

  /** The names of all partitions. */
  places = (): string[] => [...this.logs.keys()];

  /** Records of the system's own services about a key. */
  recordsAbout = (key: string): readonly IncomingRecord[] => this.bySubject.get(key) ?? [];

  /** Records of the system's own services. */
  recordsOf = (topic: string): IncomingRecord[] =>
    Array.from({ length: PARTITIONS }, (_, partition) => this.logOf(topic, partition))
      .flat()
      .filter((record) => !this.foreign.has(record));

  private seatOf = (name: string, life: Life) => this.groups.get(name)!.seats.find((seat) => seat.life === life);

  private logOf(topic: string, partition: number): IncomingRecord[] {
    const place = `${topic}/${partition}`;
    const log = this.logs.get(place) ?? [];
    this.logs.set(place, log);
    return log;
  }
}

/** The error of the producer. */
function refusedTopics(records: readonly Sent[], indexes: readonly number[]): Error {
  const cause = new Error('This server does not host this topic-partition');
  const topics = new Map(indexes.map((at) => [records[at]!.topic, cause]));
  return Object.assign(new Error('Some topics accept no records.'), { name: 'RefusedTopics', indexes, topics });
}

function partitionOf(key: string): number {
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
  return (hash >>> 3) % PARTITIONS;
}
