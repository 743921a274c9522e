import type { ServerResponse } from 'node:http';
import type { LiveEvent } from '../persistence/live-events.js';
import { type Place, writtenPlace } from './place.js';

/** Maximum buffered data for one slow reader. */
export const MAX_BUFFERED_BYTES = 1_048_576;
/** Time for a disconnected reader to receive pending data, including the reason. */
const CUT_OFF_GRACE_MS = 5_000;
/** Reconnection delay of a browser. */
const RETRY_MS = 2_000;

/** One reader of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class LiveReader {
  private over = false;
  private at: Place = { life: '', seq: 0 };

  constructor(
    private readonly response: ServerResponse,
    /** Set for a reader of some orders only. */
    readonly orderIds: ReadonlySet<string> | undefined,
  ) {
    response.once('close', () => {
      this.over = true;
    });
    this.write(`retry: ${RETRY_MS}\n\n`);
  }

  get gone(): boolean {
    return this.over;
  }

  /** The reader has received, or skipped, everything up to here. */
  get place(): Place {
    return this.at;
  }

  standAt(place: Place): void {
    this.at = place;
  }

  /** Sends the requested ones of these events, in order, unless they were sent before. */
  send(events: readonly LiveEvent[]): void {
    const { life, seq: last } = this.at;
    const wanted = events.filter(({ orderId, seq }) => seq > last && (this.orderIds?.has(orderId) ?? true));
    if (wanted.length === 0) return;
    this.write(wanted.map((event) => messageOf(event, life)).join(''));
    this.at = { life, seq: wanted.at(-1)!.seq };
  }

  /** Notifies the reader that its position is invalid, so that it must reload its data; continues from `place`. */
  reset(place: Place): void {
    this.at = place;
    this.write(`id: ${writtenPlace(place)}\nevent: reset\ndata: {}\n\n`);
  }

  /** Notifies the reader of omitted events; `GET /timeline/:orderId` has them. */
  announceSkipped(count: number): void {
    this.write(`event: skipped\ndata: ${JSON.stringify({ count })}\n\n`);
  }

  /** Sends a comment, so that proxies do not close an idle connection. */
  beat(): void {
    this.write(': heartbeat\n\n');
  }

  end(): void {
    if (!this.over) this.response.end();
    this.over = true;
  }

  private write(text: string): void {
    if (this.over) return;
    if (this.response.writableLength > MAX_BUFFERED_BYTES) this.cutOff();
    else this.response.write(text);
  }

  private cutOff(): void {
    this.response.write(
      `event: cut-off\ndata: ${JSON.stringify({ reason: 'too slow', maxBufferedBytes: MAX_BUFFERED_BYTES })}\n\n`,
    );
    this.end();
    const timer = setTimeout(() => this.response.destroy(), CUT_OFF_GRACE_MS);
    this.response.once('close', () => clearTimeout(timer));
  }
}

/** The id is the position after a reconnection: browsers send it as `Last-Event-ID`. */
const messageOf = ({ seq, type, topic, partition, offset, ...rest }: LiveEvent, life: string): string =>
  `id: ${writtenPlace({ life, seq })}\nevent: saga-event\ndata: ${JSON.stringify({ event: type, ...rest, record: { topic, partition, offset } })}\n\n`;
