import type { IncomingRecord } from '@quadrille/kafka';
import type { Chance } from './chance.js';
import type { Place } from './foreign-records.js';
import type { Life, Run } from './life.js';

const PARTITIONS = 4;
/** What is heard again at most, of a partition. */
const MOST_REWOUND = 10;

/** What is sent: as it stands in the outbox. */
interface Sent {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

interface Seat {
  readonly life: Life;
  /** By topic and partition, what is fetched next. */
  readonly positions: Map<string, number>;
  readonly wake: () => void;
}

/** A group of consumers: each partition belongs to one of them, and what was heard is committed. */
interface Group {
  readonly topics: readonly string[];
  readonly committed: Map<string, number>;
  seats: Seat[];
}

/** What a broker is to the services: topics with partitions, groups with offsets, rebalances. */
export class MemoryBroker {
  private readonly logs = new Map<string, IncomingRecord[]>();
  private readonly foreign = new WeakSet<IncomingRecord>();
  /** Records of the system's own services, by key. */
  private readonly byKey = new Map<string, IncomingRecord[]>();
  private readonly groups = new Map<string, Group>();

  private readonly chance: Chance;
  /** Nobody reaches it. */
  away = false;
  /** Topics that are not there. */
  readonly gone = new Set<string>();
  /** Partitions that give nothing for now. */
  readonly slow = new Set<string>();

  constructor(private readonly run: Run) {
    this.chance = run.chanceOf('broker');
  }

  /** Takes records in their order, but those of topics that are gone. Throws when it cannot be reached, or does not get to say that it has them. */
  send(records: readonly Sent[]): void {
    if (this.away) throw new Error('Connection error: connect ECONNREFUSED');
    const refused = records.flatMap(({ topic }, at) => (this.gone.has(topic) ? [at] : []));
    for (const { topic, key, headers, payload } of records)
      if (!this.gone.has(topic)) this.put(topic, key, headers, payload);
    if (refused.length > 0) throw refusedTopics(records, refused);
    if (!this.run.triggers.strikes('acknowledgement lost')) return;
    this.run.journal.note('acknowledgement lost', `${records.length} records`);
    throw new Error('Request timed out');
  }

  /** Takes a record; equal keys go to the same partition of every topic. */
  put(topic: string, key: string, headers: Readonly<Record<string, string>>, value: string): void {
    this.run.journal.note('record sent', `${headers.ce_type ?? 'notice'} ${key}`);
    const record = this.add(topic, key, (place) => ({ ...place, key, headers, value }));
    const ofKey = this.byKey.get(key);
    if (ofKey) ofKey.push(record);
    else this.byKey.set(key, [record]);
  }

  /** Lets somebody else put a record on a topic. */
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
    // Who was expelled twice comes back twice: a member has one seat.
    if (group.seats.some((seat) => seat.life === life)) return;
    group.seats.push({ life, positions: new Map(), wake });
    this.rebalance(name);
  }

  leave(name: string, life: Life): void {
    const group = this.groups.get(name)!;
    group.seats = group.seats.filter((seat) => seat.life !== life);
    this.rebalance(name);
  }

  /** Deals the partitions anew. Who had one may still be busy with what it fetched. */
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

  /** Lets a group hear again some of what it has committed, as an operator does who sets offsets back. */
  rewind(name: string): void {
    const group = this.groups.get(name)!;
    for (const [place, next] of group.committed) {
      group.committed.set(place, Math.max(0, next - this.chance.between(0, MOST_REWOUND)));
    }
    this.rebalance(name);
  }

  /** Some of what is there for this consumer, a partition's records in their order. */
  fetch(name: string, life: Life, most: number): IncomingRecord[] {
    const seat = this.seatOf(name, life);
    const fetched: IncomingRecord[] = [];
    if (this.away) return fetched;
    for (const [place, position] of seat?.positions ?? []) {
      const records = (this.logs.get(place) ?? []).slice(position, position + this.chance.between(1, most));
      // What came a moment too late for this fetch is in the next.
      if (records.length === 0 || this.slow.has(place) || this.chance.oneIn(4)) continue;
      seat!.positions.set(place, position + records.length);
      fetched.push(...records);
    }
    return fetched;
  }

  /** Nobody who lost a partition meanwhile can commit it. False when it cannot be reached: then it is to be tried again. */
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

  /** Every group has heard everything, and committed it. */
  isDrained = (): boolean =>
    [...this.groups.values()].every(({ topics, committed }) =>
      topics.every((topic) =>
        Array.from({ length: PARTITIONS }, (_, partition) => `${topic}/${partition}`).every(
          (place) => (this.logs.get(place)?.length ?? 0) === (committed.get(place) ?? 0),
        ),
      ),
    );

  /** Every partition that there is, by name. */
  places = (): string[] => [...this.logs.keys()];

  /** What services of ours have sent about a key. */
  recordsAbout = (key: string): readonly IncomingRecord[] => this.byKey.get(key) ?? [];

  /** What services of ours have sent. */
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

/** As our producer tells it. */
function refusedTopics(records: readonly Sent[], indexes: readonly number[]): Error {
  const cause = new Error('This server does not host this topic-partition');
  const topics = new Map(indexes.map((at) => [records[at]!.topic, cause]));
  return Object.assign(new Error('Some topics take no records.'), { name: 'RefusedTopics', indexes, topics });
}

function partitionOf(key: string): number {
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
  return (hash >>> 3) % PARTITIONS;
}
