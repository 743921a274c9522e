import type { ServerResponse } from 'node:http';
import type { LiveEvent } from '../persistence/live-events.js';
import { type Place, writtenPlace } from './place.js';

/** What may wait in our memory for one reader who does not keep up. */
export const MAX_BUFFERED_BYTES = 1_048_576;
/** How long a reader who was cut off has to read what is on its way, why included. */
const CUT_OFF_GRACE_MS = 5_000;
/** How soon a browser comes back that lost us. */
const RETRY_MS = 2_000;

/** One reader of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class LiveReader {
  private over = false;
  private at: Place = { life: '', seq: 0 };

  constructor(
    private readonly response: ServerResponse,
    /** Set for a reader who wants some orders only. */
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

  /** Everything up to here it has been shown, or does not want to be. */
  get place(): Place {
    return this.at;
  }

  standAt(place: Place): void {
    this.at = place;
  }

  /** Sends what it wants of these events, which come in their order, and has not been sent before. */
  send(events: readonly LiveEvent[]): void {
    const { life, seq: last } = this.at;
    const wanted = events.filter(({ orderId, seq }) => seq > last && (this.orderIds?.has(orderId) ?? true));
    if (wanted.length === 0) return;
    this.write(wanted.map((event) => messageOf(event, life)).join(''));
    this.at = { life, seq: wanted.at(-1)!.seq };
  }

  /** Tells that where it had got to is nowhere any more, so that what it knows is to be asked for anew; it goes on from `place`. */
  reset(place: Place): void {
    this.at = place;
    this.write(`id: ${writtenPlace(place)}\nevent: reset\ndata: {}\n\n`);
  }

  /** Tells that events were left out; their evidence can be read by `GET /timeline/:orderId`. */
  tellSkipped(count: number): void {
    this.write(`event: skipped\ndata: ${JSON.stringify({ count })}\n\n`);
  }

  /** A comment that keeps proxies from closing a silent connection. */
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

/** The id is where a reader goes on who comes back: browsers send it as `Last-Event-ID`. */
const messageOf = ({ seq, type, topic, partition, offset, ...rest }: LiveEvent, life: string): string =>
  `id: ${writtenPlace({ life, seq })}\nevent: saga-event\ndata: ${JSON.stringify({ event: type, ...rest, record: { topic, partition, offset } })}\n\n`;
