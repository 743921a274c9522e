import type { IncomingRecord } from '@quadrille/kafka';
import type { Place } from './foreign-records.js';

/** The number of partitions of each topic. */
export const PARTITIONS = 4;

/** A record from the outbox. */
export interface Sent {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

/** The records of a broker in memory: a log per topic and partition. */
export class MemoryLogs {
  private readonly logs = new Map<string, IncomingRecord[]>();
  private readonly foreign = new WeakSet<IncomingRecord>();
  /** Records of the system's own services, by subject: the key of the saga, which the record's own key need not be. */
  private readonly bySubject = new Map<string, IncomingRecord[]>();

  /**
   * Appends a record; equal keys go to the same partition of every topic. `subject`: the key of the saga; undefined for a record of
   * another system.
   */
  append(topic: string, key: string, recordAt: (place: Place) => IncomingRecord, subject?: string): void {
    const partition = partitionOf(key);
    const log = this.logOf(topic, partition);
    const record = recordAt({ topic, partition, offset: String(log.length), timestamp: String(Date.now()) });
    log.push(record);
    if (subject === undefined) {
      this.foreign.add(record);
      return;
    }
    const ofSubject = this.bySubject.get(subject);
    if (ofSubject) ofSubject.push(record);
    else this.bySubject.set(subject, [record]);
  }

  lengthOf(place: string): number {
    return this.logs.get(place)?.length ?? 0;
  }

  slice(place: string, from: number, to: number): IncomingRecord[] {
    return (this.logs.get(place) ?? []).slice(from, to);
  }

  /** The names of all partitions. */
  places(): string[] {
    return [...this.logs.keys()];
  }

  /** Records of the system's own services with this subject. */
  about(subject: string): readonly IncomingRecord[] {
    return this.bySubject.get(subject) ?? [];
  }

  /** Records of the system's own services on a topic. */
  own(topic: string): IncomingRecord[] {
    return Array.from({ length: PARTITIONS }, (_, partition) => this.logOf(topic, partition))
      .flat()
      .filter((record) => !this.foreign.has(record));
  }

  private logOf(topic: string, partition: number): IncomingRecord[] {
    const place = `${topic}/${partition}`;
    const log = this.logs.get(place) ?? [];
    this.logs.set(place, log);
    return log;
  }
}

function partitionOf(key: string): number {
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
  return (hash >>> 3) % PARTITIONS;
}
