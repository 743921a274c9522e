import { Graph } from './graph.js';
import { LookAtWorld, type Promised } from './look.js';
import { Machine } from './machine.js';
import { storyOf } from './story.js';
import type { System } from './system.js';
import { pack, unpack, type World } from './world.js';

/** The promises, the names of the endings, and the bound of an exploration. */
export interface Aims<Ending> {
  readonly promises: readonly Promised<LookAtWorld>[];
  /** The ending of a run without messages in transit; undefined if not all sagas have started. */
  readonly ending: (look: LookAtWorld) => Ending | undefined;
  /** The maximum number of explored states. */
  readonly bound?: number;
}

/** A broken promise, and the shortest path to it. */
export interface Violation {
  readonly promise: string;
  readonly explanation: string;
  readonly story: readonly string[];
}

/** The result of an exploration. */
export interface Explored<Ending> {
  readonly states: number;
  readonly transitions: number;
  /** Each distinct ending once. */
  readonly endings: readonly Ending[];
  /** The number of transitions of the longest run; undefined if the exploration is incomplete. */
  readonly longest?: number;
  /** All runs up to this many transitions were explored; undefined if all were. */
  readonly seenUpTo?: number;
  readonly violation?: Violation;
}

/** Explores all transitions, breadth first, until a promise is broken or all states are explored. */
export async function explore<Ending>(system: System, aims: Aims<Ending>): Promise<Explored<Ending>> {
  return new Exploration(system, aims).run();
}

class Exploration<Ending> {
  private readonly machine: Machine;
  private readonly graph = new Graph();
  private readonly endings = new Map<string, Ending>();
  private readonly sound = new Set<string>();
  private transitions = 0;

  constructor(
    system: System,
    private readonly aims: Aims<Ending>,
  ) {
    this.machine = new Machine(system);
  }

  async run(): Promise<Explored<Ending>> {
    this.graph.reach(pack(this.machine.begin()));
    const bound = this.aims.bound ?? Number.POSITIVE_INFINITY;
    let at = 0;
    for (; at < this.graph.size && this.graph.size <= bound; at++) {
      const violation = await this.visit(at);
      if (violation) return { ...this.seen(), violation };
    }
    if (at < this.graph.size) return { ...this.seen(), seenUpTo: this.graph.depthOf(at) };
    const longest = this.graph.longestRun();
    if (longest !== undefined) return { ...this.seen(), longest };
    const explanation = 'The states form a cycle: a run need not end.';
    return { ...this.seen(), violation: { promise: 'every saga ends', explanation, story: [] } };
  }

  private seen(): Explored<Ending> {
    return { states: this.graph.size, transitions: this.transitions, endings: [...this.endings.values()] };
  }

  private async visit(at: number): Promise<Violation | undefined> {
    const world = this.unpack(this.graph.packedAt(at));
    for (const { next, broken } of await this.machine.expand(world)) {
      this.transitions++;
      if (next === world) continue;
      const packed = pack(next);
      if (!this.graph.reach(packed, at) && broken === undefined) continue;
      const wrong = broken === undefined ? this.judge(next) : { promise: 'each step acts once', explanation: broken };
      if (!wrong) continue;
      return { ...wrong, story: await storyOf(this.machine, [...this.graph.pathTo(at), packed]) };
    }
    return undefined;
  }

  private judge(world: World): Omit<Violation, 'story'> | undefined {
    const quiet = this.machine.isQuiet(world);
    const states = quiet ? `${world.cells.join(' ')} ${world.logs.join('|')}` : world.cells.join(' ');
    if (this.sound.has(states)) return undefined;
    const look = new LookAtWorld(this.machine, world);
    for (const { name, when, wrong } of this.aims.promises) {
      if (when === 'quiet' && !quiet) continue;
      const explanation = wrong(look);
      if (explanation !== undefined) return { promise: name, explanation };
    }
    this.sound.add(states);
    if (quiet) {
      const ending = this.aims.ending(look);
      if (ending !== undefined) this.endings.set(JSON.stringify(ending), ending);
    }
    return undefined;
  }

  private unpack(packed: string): World {
    const { logs, channels, deadlines } = this.machine.layout;
    return unpack(packed, logs.length, channels.length, deadlines.length);
  }
}
