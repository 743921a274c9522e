import type { Socket } from 'node:net';
import type { LinkConditions } from './link-conditions.js';

const SECOND_MS = 1_000;
/** So much is on the road at once; then the sender feels a full buffer, as it does on a real one. */
const ROAD_BYTES = 262_144;

/** One direction of a connection: passes bytes on in their order, in the weather there is. */
export class Link {
  #weather: LinkConditions;
  readonly #waiting: { readonly chunk: Buffer; readonly cameAt: number }[] = [];
  /** When the road is free again, by its width. */
  #freeAt = 0;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    weather: LinkConditions,
    private readonly onPassed: (chunk: Buffer) => void = () => {},
  ) {
    this.#weather = weather;
    from.on('data', (chunk: Buffer) => {
      this.#waiting.push({ chunk, cameAt: Date.now() });
      this.#bytes += chunk.length;
      if (this.#bytes > ROAD_BYTES) from.pause();
      this.#pass();
    });
  }

  set weather(weather: LinkConditions) {
    this.#weather = weather;
    this.#pass();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #pass(): void {
    clearTimeout(this.#timer);
    if (this.#ended || this.#weather.blackHole) return;
    const first = this.#waiting[0];
    if (!first) {
      this.from.resume();
      return;
    }
    const now = Date.now();
    const dueAt = Math.max(first.cameAt + this.#weather.latencyMs, this.#freeAt);
    if (now < dueAt) {
      this.#timer = setTimeout(() => this.#pass(), dueAt - now);
      return;
    }
    this.#waiting.shift();
    this.#bytes -= first.chunk.length;
    this.#freeAt = now + (first.chunk.length / this.#weather.bytesPerSecond) * SECOND_MS;
    this.to.write(first.chunk);
    this.onPassed(first.chunk);
    this.#pass();
  }
}
