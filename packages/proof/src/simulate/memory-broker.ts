import type { IncomingRecord } from '@quadrille/kafka';
import type { Chance } from './chance.js';
import type { Place } from './foreign-records.js';
import type { Life, Run } from './life.js';
import { MemoryLogs, PARTITIONS, type Sent } from './memory-logs.js';

/** Maximum number of records per partition that are redelivered. */
const MOST_REWOUND = 10;

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
  private readonly logs = new MemoryLogs();
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
    this.logs.append(topic, key, (place) => ({ ...place, key, headers, value }), headers.ce_subject ?? key);
    this.wake(topic);
  }

  /** Appends a record of another system to a topic. */
  putForeign(topic: string, key: string, recordAt: (place: Place) => IncomingRecord): void {
    this.logs.append(topic, key, recordAt);
    this.wake(topic);
  }

  private wake(topic: string): void {
    for (const group of this.groups.values()) {
      if (group.topics.includes(topic)) for (const seat of group.seats) seat.wake();
    }
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
      const records = this.logs.slice(place, position, position + this.chance.between(1, most));
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
          (place) => this.logs.lengthOf(place) === (committed.get(place) ?? 0),
        ),
      ),
    );

  /** The names of all partitions. */
  places = (): string[] => this.logs.places();

  /** Records of the system's own services about a key. */
  recordsAbout = (key: string): readonly IncomingRecord[] => this.logs.about(key);

  /** Records of the system's own services. */
  recordsOf = (topic: string): IncomingRecord[] => this.logs.own(topic);

  private seatOf = (name: string, life: Life) => this.groups.get(name)!.seats.find((seat) => seat.life === life);
}

/** The error of the producer. */
function refusedTopics(records: readonly Sent[], indexes: readonly number[]): Error {
  const cause = new Error('This server does not host this topic-partition');
  const topics = new Map(indexes.map((at) => [records[at]!.topic, cause]));
  return Object.assign(new Error('Some topics accept no records.'), { name: 'RefusedTopics', indexes, topics });
}
