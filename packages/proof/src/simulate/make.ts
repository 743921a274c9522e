import type { Run } from './life.js';
import type { Fault } from './plan.js';
import type { SimulatedSystem } from './simulated-system.js';

/** Lets a fault happen; `nth`: its number in the whole plan. */
export type Make = (run: Run, system: SimulatedSystem, fault: Fault, nth: number) => void;

/** What a fault hits of what there is. */
export const pick = <Each>(from: readonly Each[], { where }: Fault): Each => from[where % from.length]!;

/** For a while it is so; then it is as before. */
export function lasting(run: Run, { kind, forMs }: Fault, whom: string, is: (so: boolean) => void): void {
  run.journal.note(kind, whom);
  is(true);
  run.time.plan(forMs, () => is(false));
}
