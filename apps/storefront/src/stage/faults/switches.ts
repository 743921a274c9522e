import type { FaultName, FaultSwitch } from '../snapshot.js';

/** Some of the faults: what they are at, and how they are switched. */
export interface Switches {
  readonly faults: readonly FaultName[];
  /** As they are now, read from whoever has them. */
  look(): Promise<FaultSwitch[]>;
  /** Resolves when it is switched, or will be without further ado. Throws a problem when it cannot. */
  set(fault: FaultName, target: string | null, on: boolean): Promise<void>;
}

/** A switch that can be used and is not being moved. */
export const ready = (fault: FaultName, target: string | null, on: boolean): FaultSwitch => ({
  fault,
  target,
  on,
  owed: false,
  doing: null,
  unavailable: null,
});

/** A switch that cannot be used, and why. */
export const unavailable = (fault: FaultName, target: string | null, why: string): FaultSwitch => ({
  ...ready(fault, target, false),
  unavailable: why,
});

/** What tells one switch from another. */
export const keyOf = ({ fault, target }: Pick<FaultSwitch, 'fault' | 'target'>): string => `${fault} ${target ?? ''}`;
