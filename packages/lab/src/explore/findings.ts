import type { Protocol } from '../protocol.js';
import type { InvariantChecker, Violation } from './invariants.js';
import { type Move, movesOf } from './moves.js';
import type { World } from './world.js';

/** The moves that led to a state, the last one first. */
export interface Trace {
  readonly parent?: Trace;
  readonly move?: Move;
}

export interface Found {
  /** Per broken promise, the shortest sequence of moves that breaks it. */
  readonly broken: readonly (Violation & { readonly story: readonly string[] })[];
  /** The shortest sequence of moves after which an order waits for a crashed coordinator. */
  readonly blocked?: { readonly why: string; readonly story: readonly string[] };
}

/** Collects the shortest sequence of moves for each broken promise and for blocking. */
export class Findings {
  readonly #broken = new Map<string, Found['broken'][number]>();
  #blocked: Found['blocked'];

  constructor(
    private readonly protocol: Protocol,
    private readonly invariants: InvariantChecker,
  ) {}

  look(world: World, trace: Trace): void {
    this.#note(this.invariants.always(world), trace);
    const { moves, quiet } = movesOf(world, { deaths: 0, cuts: 0, late: 0 });
    if (!quiet || world.isCut || moves.some(({ id }) => !id.startsWith('restart'))) return;
    if (world.dead.size > 0) {
      const why = this.#blocked ? undefined : this.invariants.blocked(world);
      if (why !== undefined) this.#blocked = { why, story: storyOf(trace) };
      // A restarted coordinator may still end it.
      if (this.protocol.resume) return;
    }
    this.#note(this.invariants.atRest(world), trace);
  }

  all(): Found {
    const broken = [...this.#broken.values()].sort((a, b) => (a.promise < b.promise ? -1 : 1));
    return { broken, ...(this.#blocked && { blocked: this.#blocked }) };
  }

  #note(found: readonly Violation[], trace: Trace): void {
    for (const each of found) {
      if (!this.#broken.has(each.promise)) this.#broken.set(each.promise, { ...each, story: storyOf(trace) });
    }
  }
}

/** The moves that led to a state, the first one first. */
export function movesIn(trace: Trace): Move[] {
  const moves: Move[] = [];
  for (let at: Trace | undefined = trace; at?.move; at = at.parent) moves.unshift(at.move);
  return moves;
}

const storyOf = (trace: Trace): string[] => movesIn(trace).map(({ label }) => label);
