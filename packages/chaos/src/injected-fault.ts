import { setTimeout as pause } from 'node:timers/promises';
import type { Lift } from './faults/injection.js';
import { INJECTIONS } from './faults/injections.js';
import type { Fault } from './schedule/schedule.js';
import type { ChaoticSystem } from './system/chaotic-system.js';

/** A fault as it happened. Milliseconds since 1970. */
export interface InjectedFault {
  readonly fault: Fault;
  readonly struckAt: number;
  /** When what it broke was there again: a service ready, a server taking connections. */
  readonly liftedAt: number;
  readonly failed?: string;
}

/** Told as it happens; `why`: it could not be made to happen, or not be lifted. */
export type OnEvent = (fault: Fault, what: 'strikes' | 'is over', why?: string) => void;

/** What each kind of target has in common with others: two faults of one never happen at the same time. */
const subjectOf = ({ target }: Fault): string => target.replace(/-[12]$/, '');

/** Lets each fault of a schedule happen in its time, and resolves when all are lifted. */
export async function injectAll(
  system: ChaoticSystem,
  faults: readonly Fault[],
  beganAt: number,
  onEvent: OnEvent,
): Promise<InjectedFault[]> {
  const busy = new Map<string, Promise<unknown>>();
  const all = faults.map(async (fault) => {
    await pause(Math.max(0, beganAt + fault.atMs - Date.now()));
    const before = busy.get(subjectOf(fault));
    const mine = Promise.resolve(before).then(() => happen(system, fault, onEvent));
    busy.set(subjectOf(fault), mine);
    return mine;
  });
  return Promise.all(all);
}

async function happen(system: ChaoticSystem, fault: Fault, onEvent: OnEvent): Promise<InjectedFault> {
  const struckAt = Date.now();
  onEvent(fault, 'strikes');
  let lift: Lift | undefined;
  let failed: string | undefined;
  try {
    lift = await INJECTIONS[fault.kind](system, fault);
    await pause(Math.max(0, struckAt + fault.lastsMs - Date.now()));
    await lift();
  } catch (error) {
    failed = (error as Error).message;
  }
  onEvent(fault, 'is over', failed);
  return { fault, struckAt, liftedAt: Date.now(), ...(failed !== undefined && { failed }) };
}
