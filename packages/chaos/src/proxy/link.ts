import type { Socket } from 'node:net';

/** The conditions of a link, per direction. */
export interface LinkConditions {
  /** The delay of each byte in milliseconds. */
  readonly latencyMs: number;
  /** The bandwidth in bytes per second. */
  readonly bytesPerSecond: number;
  /** Blocks all bytes without closing connections; buffered bytes are delivered when it ends. */
  readonly blackHole: boolean;
}

/** No delay and no limit. */
export const CLEAR: LinkConditions = { latencyMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY, blackHole: false };

const SECOND_MS = 1_000;
/** The buffer size in bytes; when it is full, the sender is paused, as on a real link. */
const BUFFER_BYTES = 262_144;

/** One direction of a connection: forwards bytes in order under the current conditions. */
export class Link {
  #conditions: LinkConditions;
  readonly #waiting: { readonly chunk: Buffer; readonly cameAt: number }[] = [];
  /** When the bandwidth allows the next chunk: milliseconds since 1970. */
  #freeAt = 0;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    conditions: LinkConditions,
    private readonly onPassed: (chunk: Buffer) => void = () => {},
  ) {
    this.#conditions = conditions;
    from.on('data', (chunk: Buffer) => {
      this.#waiting.push({ chunk, cameAt: Date.now() });
      this.#bytes += chunk.length;
      if (this.#bytes > BUFFER_BYTES) from.pause();
      this.#pass();
    });
  }

  set conditions(conditions: LinkConditions) {
    this.#conditions = conditions;
    this.#pass();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #pass(): void {
    clearTimeout(this.#timer);
    if (this.#ended || this.#conditions.blackHole) return;
    const first = this.#waiting[0];
    if (!first) {
      this.from.resume();
      return;
    }
    const now = Date.now();
    const dueAt = Math.max(first.cameAt + this.#conditions.latencyMs, this.#freeAt);
    if (now < dueAt) {
      this.#timer = setTimeout(() => this.#pass(), dueAt - now);
      return;
    }
    this.#waiting.shift();
    this.#bytes -= first.chunk.length;
    this.#freeAt = now + (first.chunk.length / this.#conditions.bytesPerSecond) * SECOND_MS;
    this.to.write(first.chunk);
    this.onPassed(first.chunk);
    this.#pass();
  }
}
