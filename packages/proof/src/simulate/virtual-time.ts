import type { Chance } from './chance.js';

interface Planned {
  readonly at: number;
  readonly nth: number;
  readonly run: () => void;
  off?: true;
}

const BEGINNING = Date.UTC(2026, 0, 1);
const VISIBLE = { configurable: true, enumerable: true, writable: true };
const realImmediate = globalThis.setImmediate;

/** Resolves when all pending continuations have run. */
const settled = () => new Promise<void>((resolve) => realImmediate(resolve));

/** Virtual time advances only when no work is left, so that hours take seconds and every run is reproducible. */
export class VirtualTime {
  private clock = 0;
  private count = 0;
  private readonly heap: Planned[] = [];

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.clock;
  }

  plan(inMs: number, run: () => void): Planned {
    const planned: Planned = { at: this.clock + Math.max(0, inMs), nth: this.count++, run };
    this.heap.push(planned);
    this.rise(this.heap.length - 1);
    return planned;
  }

  pass = (ms: number): Promise<void> => new Promise((resolve) => void this.plan(ms, resolve));

  /** Advances time until `done` returns true, no event is left, or the time limit is reached. */
  async run(untilMs: number, done: () => boolean): Promise<void> {
    await settled();
    while (!done()) {
      const next = this.pop();
      if (!next || next.at > untilMs) return;
      this.clock = next.at;
      if (next.off) continue;
      next.run();
      await settled();
    }
  }

  /** Replaces the time of the whole process, and its randomness by `chance`; returns a function that reverts it. */
  install(chance: Chance): () => void {
    const { Date: RealDate, setTimeout, clearTimeout, setImmediate } = globalThis;
    const random = Math.random;
    // Of this context alone: the underlying object is shared with all others.
    const elapsed = Object.getOwnPropertyDescriptor(globalThis, 'performance')!;
    const now = () => BEGINNING + Math.floor(this.clock);
    class VirtualDate extends RealDate {
      constructor(...args: [] | [number | string | Date]) {
        super(...((args.length === 0 ? [now()] : args) as [number]));
      }
      static override now = now;
    }
    Object.assign(globalThis, {
      Date: VirtualDate,
      setTimeout: (run: () => void, ms = 0) => this.plan(ms, run),
      clearTimeout: (planned?: Planned) => planned && Object.assign(planned, { off: true }),
      setImmediate: (run: () => void) => this.plan(0, run),
    });
    Math.random = chance.next;
    const performance = { now: () => this.clock };
    Object.defineProperty(globalThis, 'performance', { ...VISIBLE, value: performance });
    return () => {
      Object.assign(globalThis, { Date: RealDate, setTimeout, clearTimeout, setImmediate });
      Math.random = random;
      Object.defineProperty(globalThis, 'performance', elapsed);
    };
  }

  private rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!before(this.heap[at]!, this.heap[parent]!)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private pop(): Planned | undefined {
    const [first] = this.heap;
    const last = this.heap.pop();
    if (!first || !last || first === last) return first;
    this.heap[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < this.heap.length && before(this.heap[left]!, this.heap[least]!)) least = left;
      if (right < this.heap.length && before(this.heap[right]!, this.heap[least]!)) least = right;
      if (least === at) return first;
      this.swap(at, least);
      at = least;
    }
  }

  private swap(one: number, other: number): void {
    [this.heap[one], this.heap[other]] = [this.heap[other]!, this.heap[one]!];
  }
}

const before = (one: Planned, other: Planned): boolean =>
  one.at < other.at || (one.at === other.at && one.nth < other.nth);
