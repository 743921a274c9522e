import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { eventsBetween, latestPlace } from '../persistence/live-events.js';
import type { LiveReader } from './live-reader.js';
import { type Place, readPlace } from './place.js';

/** Poll interval for new events while readers are connected. */
const LOOK_MS = 200;
const HEARTBEAT_MS = 15_000;
/** Above this number per poll, the earlier events are skipped, and readers are notified. */
const MAX_EVENTS_A_LOOK = 2_000;

/**
 * Sends new events to all readers. It polls the read model, so that events of all instances are included, and only while readers
 * are connected. Each reader has its own position, which only increases.
 */
@Injectable()
export class LiveFeed implements OnApplicationShutdown {
  private readonly readers = new Set<LiveReader>();
  /** Not among the readers until they have caught up: a poll would send them newer events first. */
  private readonly joining = new Set<LiveReader>();
  /** All readers have received everything up to here; undefined without readers. */
  private shown: Place | undefined;
  /** Polls and the last steps of joining take turns, so that no event is missed in between. */
  private turn: Promise<unknown> = Promise.resolve();
  private look: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly dataSource: DataSource) {}

  /** The number of readers. */
  get size(): number {
    this.sweep();
    return this.readers.size + this.joining.size;
  }

  /** Adds a reader; after a reconnection, from `lastEventId` on, as far as one poll reaches back. */
  async add(reader: LiveReader, lastEventId: string | undefined): Promise<void> {
    this.joining.add(reader);
    try {
      const now = await latestPlace(this.dataSource);
      const last = lastEventId === undefined ? now : readPlace(lastEventId);
      if (last && last.life === now.life && last.seq <= now.seq) reader.standAt(last);
      else reader.reset(now);
      await this.showTo([reader], now);
      await this.inTurn(async () => {
        this.shown ??= reader.place;
        await this.showTo([reader], this.shown);
        this.readers.add(reader);
      });
    } finally {
      this.joining.delete(reader);
    }
    this.begin();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    this.rest();
    for (const reader of [...this.readers, ...this.joining]) reader.end();
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
    // After an outage of the database, which health reports, the events of that time are sent.
    await this.inTurn(() => this.showAll()).catch(() => {});
    if (this.heartbeat) this.plan();
  }

  private async showAll(): Promise<void> {
    this.sweep();
    if (this.readers.size === 0) return this.rest();
    const now = await latestPlace(this.dataSource);
    const all = [...this.readers];
    for (const reader of all) if (reader.place.life !== now.life) reader.reset(now);
    await this.showTo(
      all.filter(({ orderIds }) => orderIds === undefined),
      now,
    );
    await this.showTo(
      all.filter(({ orderIds }) => orderIds !== undefined),
      now,
    );
    this.shown = now;
  }

  /** Sends these readers, of all orders or of some, the events up to `now` that they have not received. */
  private async showTo(readers: readonly LiveReader[], now: Place): Promise<void> {
    const behind = readers.filter(({ place }) => place.seq < now.seq);
    if (behind.length === 0) return;
    const orderIds = new Set(behind.flatMap((reader) => [...(reader.orderIds ?? [])]));
    const since = Math.min(...behind.map(({ place }) => place.seq));
    // Events of a few orders are few.
    const from = orderIds.size > 0 ? since : Math.max(since, now.seq - MAX_EVENTS_A_LOOK);
    const wanted = orderIds.size > 0 ? [...orderIds] : undefined;
    const events = await eventsBetween(this.dataSource, from, now.seq, MAX_EVENTS_A_LOOK, wanted);
    for (const reader of behind) {
      if (from > reader.place.seq) reader.announceSkipped(from - reader.place.seq);
      reader.send(events);
      reader.standAt(now);
    }
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => {});
    return done;
  }

  private beat(): void {
    for (const reader of this.readers) reader.beat();
    this.sweep();
  }

  private sweep(): void {
    for (const reader of this.readers) if (reader.gone) this.readers.delete(reader);
  }
}
