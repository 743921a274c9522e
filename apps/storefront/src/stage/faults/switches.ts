import type { FaultName, FaultSwitch } from '../snapshot.js';

/** A group of faults: their targets, and their switching. */
export interface Switches {
  readonly faults: readonly FaultName[];
  /** Reads their current state from the components that have them. */
  look(): Promise<FaultSwitch[]>;
  /** Resolves when the switch is set, or will be without further action. Throws a problem if it cannot be set. */
  set(fault: FaultName, target: string | null, on: boolean): Promise<void>;
}

/** A usable switch without a pending change. */
export const ready = (fault: FaultName, target: string | null, on: boolean): FaultSwitch => ({
  fault,
  target,
  on,
  recoveryPending: false,
  doing: null,
  unavailable: null,
});

/** An unusable switch, with the reason. */
export const unavailable = (fault: FaultName, target: string | null, why: string): FaultSwitch => ({
  ...ready(fault, target, false),
  unavailable: why,
});

/** The identity of a switch. */
export const keyOf = ({ fault, target }: Pick<FaultSwitch, 'fault' | 'target'>): string => `${fault} ${target ?? ''}`;
