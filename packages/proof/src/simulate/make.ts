import type { Run } from './life.js';
import type { Fault } from './plan.js';
import type { SimulatedSystem } from './simulated-system.js';

/** Injects a fault; `nth`: its number in the whole plan. */
export type Make = (run: Run, system: SimulatedSystem, fault: Fault, nth: number) => void;

/** The target of a fault. */
export const pick = <Each>(from: readonly Each[], { where }: Fault): Each => from[where % from.length]!;

/** Applies a fault for its duration, then reverts it. */
export function lasting(run: Run, { kind, forMs }: Fault, whom: string, is: (so: boolean) => void): void {
  run.journal.note(kind, whom);
  is(true);
  run.time.plan(forMs, () => is(false));
}
