import type { Protocol } from '../protocol.js';
import type { Broken, Judge } from './judge.js';
import { type Move, movesOf } from './moves.js';
import type { World } from './world.js';

/** The moves that led to a state, the last one first. */
export interface Way {
  readonly parent?: Way;
  readonly move?: Move;
}

export interface Found {
  /** Per broken promise, the shortest sequence of moves that breaks it. */
  readonly broken: readonly (Broken & { readonly story: readonly string[] })[];
  /** The shortest sequence of moves after which an order waits for a crashed coordinator. */
  readonly blocked?: { readonly why: string; readonly story: readonly string[] };
}

/** Collects the shortest sequence of moves for each broken promise and for blocking. */
export class Findings {
  readonly #broken = new Map<string, Found['broken'][number]>();
  #blocked: Found['blocked'];

  constructor(
    private readonly protocol: Protocol,
    private readonly judge: Judge,
  ) {}

  look(world: World, way: Way): void {
    this.#note(this.judge.always(world), way);
    const { moves, quiet } = movesOf(world, { deaths: 0, cuts: 0, late: 0 });
    if (!quiet || world.isCut || moves.some(({ id }) => !id.startsWith('restart'))) return;
    if (world.dead.size > 0) {
      const why = this.#blocked ? undefined : this.judge.blocked(world);
      if (why !== undefined) this.#blocked = { why, story: storyOf(way) };
      // A restarted coordinator may still end it.
      if (this.protocol.resume) return;
    }
    this.#note(this.judge.atRest(world), way);
  }

  all(): Found {
    const broken = [...this.#broken.values()].sort((a, b) => (a.promise < b.promise ? -1 : 1));
    return { broken, ...(this.#blocked && { blocked: this.#blocked }) };
  }

  #note(found: readonly Broken[], way: Way): void {
    for (const each of found) {
      if (!this.#broken.has(each.promise)) this.#broken.set(each.promise, { ...each, story: storyOf(way) });
    }
  }
}

/** The moves that led to a state, the first one first. */
export function wayTo(way: Way): Move[] {
  const moves: Move[] = [];
  for (let at: Way | undefined = way; at?.move; at = at.parent) moves.unshift(at.move);
  return moves;
}

const storyOf = (way: Way): string[] => wayTo(way).map(({ label }) => label);
