import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { eventsBetween, latestSeq } from '../persistence/live-events.js';
import type { LiveReader } from './live-reader.js';

/** How often it is looked for new events while anybody reads. */
const LOOK_MS = 200;
const HEARTBEAT_MS = 15_000;
/** More than this at one look no eye follows: the earlier ones are skipped, and readers are told. */
const MAX_EVENTS_A_LOOK = 2_000;

/**
 * Shows what becomes known to everybody who reads: from the read model, so that it does not matter which instance took an event, and
 * only while somebody reads.
 */
@Injectable()
export class LiveFeed implements OnApplicationShutdown {
  private readonly readers = new Set<LiveReader>();
  /** Everything up to here has been shown; undefined while nobody reads. */
  private shown: number | undefined;
  private look: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly dataSource: DataSource) {}

  /** How many read at the moment. */
  get size(): number {
    this.sweep();
    return this.readers.size;
  }

  /** Lets one read from now on; after a loss of connection from `lastSeq` on, as far as a look reaches back. */
  async add(reader: LiveReader, lastSeq: number | undefined): Promise<void> {
    this.readers.add(reader);
    try {
      const now = await latestSeq(this.dataSource);
      if (lastSeq !== undefined && lastSeq < now) await this.catchUp(reader, lastSeq, now);
      // What the others have not been shown yet this one may be shown twice, under the same id; nothing is left out.
      this.shown = Math.min(this.shown ?? now, now);
    } catch (error) {
      this.readers.delete(reader);
      throw error;
    }
    this.begin();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    this.rest();
    for (const reader of this.readers) reader.end();
  }

  private begin(): void {
    if (this.stopped || this.heartbeat) return;
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.plan();
  }

  private rest(): void {
    clearTimeout(this.look);
    clearInterval(this.heartbeat);
    this.heartbeat = undefined;
    this.shown = undefined;
  }

  private plan(): void {
    this.look = setTimeout(() => void this.show(), LOOK_MS);
  }

  private async show(): Promise<void> {
    this.sweep();
    if (this.readers.size === 0) return this.rest();
    try {
      const upTo = await latestSeq(this.dataSource);
      if (this.shown !== undefined && upTo > this.shown) {
        await this.showUpTo(this.shown, upTo);
        this.shown = upTo;
      }
    } catch {
      // The database is away, as health says; what becomes known meanwhile is shown when it is back.
    }
    if (this.heartbeat) this.plan();
  }

  private async showUpTo(shown: number, upTo: number): Promise<void> {
    const ofAll = [...this.readers].filter(({ orderId }) => orderId === undefined);
    const ofOne = [...this.readers].filter(({ orderId }) => orderId !== undefined);
    if (ofAll.length > 0) {
      const from = Math.max(shown, upTo - MAX_EVENTS_A_LOOK);
      const events = await eventsBetween(this.dataSource, from, upTo, MAX_EVENTS_A_LOOK);
      for (const reader of ofAll) {
        if (from > shown) reader.tellSkipped(from - shown);
        reader.send(events);
      }
    }
    if (ofOne.length > 0) {
      const orderIds = [...new Set(ofOne.map(({ orderId }) => orderId!))];
      const events = await eventsBetween(this.dataSource, shown, upTo, MAX_EVENTS_A_LOOK, orderIds);
      for (const reader of ofOne) reader.send(events);
    }
  }

  private async catchUp(reader: LiveReader, lastSeq: number, now: number): Promise<void> {
    const { orderId } = reader;
    const from = orderId === undefined ? Math.max(lastSeq, now - MAX_EVENTS_A_LOOK) : lastSeq;
    if (from > lastSeq) reader.tellSkipped(from - lastSeq);
    const orderIds = orderId === undefined ? undefined : [orderId];
    reader.send(await eventsBetween(this.dataSource, from, now, MAX_EVENTS_A_LOOK, orderIds));
  }

  private beat(): void {
    for (const reader of this.readers) reader.beat();
    this.sweep();
  }

  private sweep(): void {
    for (const reader of this.readers) if (reader.gone) this.readers.delete(reader);
  }
}
