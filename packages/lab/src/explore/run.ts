import type { OrderResult, Protocol } from '../protocol.js';
import { coordinatorFor, participantsFor } from './environment.js';
import { NOW } from './memory-database.js';
import type { Move } from './moves.js';
import type { Scenario } from './scenario.js';
import { Task } from './task.js';
import { World } from './world.js';

/** The initial state: both coordinators have just started to process their orders. */
export async function beginning(protocol: Protocol, scenario: Scenario, sharesLog: boolean): Promise<World> {
  const coordinators = ['coordinator-1', 'coordinator-2'];
  const world = new World(protocol, scenario, { coordinators, sharesLog });
  scenario.requests.forEach((request, nth) => {
    const task = new Task(`carry ${nth + 1}`, coordinators[nth % 2]!, NOW);
    world.tasks.add(task);
    const ends = (ended?: OrderResult) => {
      world.tasks.delete(task);
      if (ended) world.answers.set(request.orderId, ended);
    };
    void protocol.execute(request, participantsFor(world, task), coordinatorFor(world, task)).then(ends, () => ends());
  });
  await settled();
  return world;
}

/** Resolves after all pending promise continuations. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Executes a move and all continuations that it triggers. */
export async function make(world: World, move: Move): Promise<void> {
  const before = world.version;
  move.go();
  await settled();
  if (world.version !== before) world.ticked.clear();
}
