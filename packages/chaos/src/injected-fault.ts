import { setTimeout as pause } from 'node:timers/promises';
import type { Lift } from './faults/injection.js';
import { INJECTIONS } from './faults/injections.js';
import type { Fault } from './schedule/schedule.js';
import type { ChaoticSystem } from './system/chaotic-system.js';

/** A fault as injected. Milliseconds since 1970. */
export interface InjectedFault {
  readonly fault: Fault;
  readonly injectedAt: number;
  /** When the affected component worked again: a service ready, a server accepting connections. */
  readonly liftedAt: number;
  readonly failed?: string;
}

/** Called when a fault starts and ends; `why`: the reason why it could not be injected or removed. */
export type OnEvent = (fault: Fault, what: 'starts' | 'ended', why?: string) => void;

/** The component of a target, without the instance number: two faults of one component never overlap. */
const subjectOf = ({ target }: Fault): string => target.replace(/-[12]$/, '');

/** Injects each fault of a schedule at its time. Resolves when all have ended. */
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
  const injectedAt = Date.now();
  onEvent(fault, 'starts');
  let lift: Lift | undefined;
  let failed: string | undefined;
  try {
    lift = await INJECTIONS[fault.kind](system, fault);
    await pause(Math.max(0, injectedAt + fault.lastsMs - Date.now()));
    await lift();
  } catch (error) {
    failed = (error as Error).message;
  }
  onEvent(fault, 'ended', failed);
  return { fault, injectedAt, liftedAt: Date.now(), ...(failed !== undefined && { failed }) };
}
