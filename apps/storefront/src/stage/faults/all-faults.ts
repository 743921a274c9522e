import { Problem } from '@quadrille/service';
import type { FaultName, FaultSwitch } from '../snapshot.js';
import type { Switches } from './switches.js';

/** All fault switches of the stage. */
export class AllFaults {
  constructor(private readonly kinds: readonly Switches[]) {}

  async look(): Promise<FaultSwitch[]> {
    return (await Promise.all(this.kinds.map((kind) => kind.look()))).flat();
  }

  async set(fault: FaultName, target: string | null, on: boolean): Promise<void> {
    const kind = this.kinds.find(({ faults }) => faults.includes(fault));
    if (!kind) throw new Problem(404, 'unknown-fault', `There is no fault ${fault}.`);
    await kind.set(fault, target, on);
  }

  /** Switches off all that is on. What cannot be switched off just now does not keep the others on. Returns those that failed. */
  async lift(): Promise<string[]> {
    const on = (await this.look()).filter((each) => each.on && each.unavailable === null);
    // A service that is stopped can be told nothing: it comes first.
    const ordered = [...on.filter(isStop), ...on.filter((each) => !isStop(each))];
    const failures: string[] = [];
    for (const { fault, target } of ordered) {
      await this.set(fault, target, false).catch((error: Error) => failures.push(error.message));
    }
    return failures;
  }
}

const isStop = ({ fault }: FaultSwitch): boolean => fault === 'stopped-service';
