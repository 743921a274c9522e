import { createHash } from 'node:crypto';
import type { Protocol } from '../protocol.js';
import { Findings, type Found, movesIn, type Trace } from './findings.js';
import { InvariantChecker } from './invariants.js';
import { type Faults, type Move, movesOf } from './moves.js';
import { beginning, make } from './run.js';
import { scenarioOf } from './scenario.js';
import type { World } from './world.js';

export interface Exploration extends Faults {
  readonly protocol: Protocol;
  readonly orders: number;
  /** Pieces in stock. */
  readonly pieces: number;
  readonly sharesLog: boolean;
  /** The maximum number of states to visit. */
  readonly bound: number;
}

export interface Explored extends Found {
  readonly states: number;
  /** True if all states that these faults allow were visited; otherwise only those within `moves` moves. */
  readonly complete: boolean;
  readonly moves: number;
}

/** `asleep` (sleep sets, Godefroid): moves that reach no new state, because they commute with an earlier sibling. */
interface Node extends Trace {
  readonly parent?: Node;
  asleep: ReadonlyMap<string, Move>;
  /** Moves already executed. If the sleep set shrinks, the remaining ones run. */
  readonly followed: Set<string>;
}

/** Runs the protocol's own file in every order of messages, timers and faults, breadth first. */
export async function explore(exploration: Exploration): Promise<Explored> {
  const { protocol, orders, pieces, sharesLog, bound } = exploration;
  const scenario = scenarioOf(orders, pieces);
  const findings = new Findings(protocol, new InvariantChecker(scenario));
  const begin = () => beginning(protocol, scenario, sharesLog);
  const root: Node = { asleep: new Map(), followed: new Set() };
  const first = await begin();
  const nodes = new Map([[keyOf(first), root]]);
  findings.look(first, root);
  let frontier = [root];
  let depth = 0;
  for (; frontier.length > 0 && nodes.size < bound; depth++) {
    const next = new Set<Node>();
    for (const node of frontier) {
      if (nodes.size >= bound) break;
      let world: World | undefined = await replay(await begin(), node, exploration);
      const { moves } = movesOf(world, exploration);
      const before: Move[] = [...node.asleep.values()];
      for (const move of moves) {
        if (node.asleep.has(move.id) || node.followed.has(move.id)) continue;
        node.followed.add(move.id);
        world ??= await replay(await begin(), node, exploration);
        await make(world, movesOf(world, exploration).moves.find(({ id }) => id === move.id)!);
        const key = keyOf(world);
        const asleep = new Map(before.filter((each) => commute(each, move)).map((each) => [each.id, each]));
        const known = nodes.get(key);
        const child: Node = known ?? { parent: node, move, asleep, followed: new Set() };
        if (known) {
          const still = [...known.asleep].filter(([id]) => asleep.has(id));
          if (still.length < known.asleep.size) next.add(known);
          known.asleep = new Map(still);
        } else {
          nodes.set(key, child);
          findings.look(world, child);
          next.add(child);
        }
        before.push(move);
        world = undefined;
      }
    }
    frontier = [...next];
  }
  return { states: nodes.size, complete: frontier.length === 0, moves: depth, ...findings.all() };
}

/** A hash, because thousands of whole states would fill the memory. */
const keyOf = ({ packed }: World): string => createHash('sha256').update(packed).digest('base64');

const commute = (one: Move, other: Move): boolean =>
  one.at !== undefined && other.at !== undefined && one.at !== other.at;

async function replay(world: World, node: Node, faults: Faults): Promise<World> {
  for (const { id } of movesIn(node)) await make(world, movesOf(world, faults).moves.find((move) => move.id === id)!);
  return world;
}
