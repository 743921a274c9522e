import { Problem } from '@quadrille/nest';
import type { FaultName, FaultSwitch } from '../snapshot.js';
import { PendingRecoveries } from './pending-recoveries.js';
import { keyOf, type Switches } from './switches.js';

/** What became of lifting all faults. */
export interface Lifted {
  /** What nobody could be told yet, in words: it is lifted as soon as somebody answers. */
  readonly later: readonly string[];
  /** What was refused, in words. */
  readonly failures: readonly string[];
}

/** All fault switches of the stage. */
export class AllFaults {
  /** On when they were seen last: who does not answer now may still have them on. */
  private readonly seenOn = new Set<string>();
  private readonly owed: PendingRecoveries;

  constructor(
    private readonly kinds: readonly Switches[],
    tryAgainEveryMs?: number,
  ) {
    this.owed = new PendingRecoveries(() => this.liftOwed(), tryAgainEveryMs);
  }

  async look(): Promise<FaultSwitch[]> {
    const seen = (await Promise.all(this.kinds.map((kind) => kind.look()))).flat();
    return seen.map((each) => {
      const key = keyOf(each);
      if (each.unavailable !== null) return { ...each, on: this.seenOn.has(key), owed: this.owed.has(each) };
      if (each.on) this.seenOn.add(key);
      else {
        this.seenOn.delete(key);
        this.owed.settle(each);
      }
      return { ...each, owed: this.owed.has(each) };
    });
  }

  async set(fault: FaultName, target: string | null, on: boolean): Promise<void> {
    const kind = this.kinds.find(({ faults }) => faults.includes(fault));
    if (!kind) throw new Problem(404, 'unknown-fault', `There is no fault ${fault}.`);
    // Whoever switches it himself wants that, and no longer what was to be done later.
    this.owed.settle({ fault, target });
    await kind.set(fault, target, on);
    if (on) this.seenOn.add(keyOf({ fault, target }));
  }

  /** Switches off all that is on. What cannot be switched off just now does not keep the others on, and is tried again by itself. */
  async lift(): Promise<Lifted> {
    const on = (await this.look()).filter((each) => each.on);
    // A service that is stopped can be told nothing: it comes first.
    const ordered = [...on.filter(isStop), ...on.filter((each) => !isStop(each))];
    const later: string[] = [];
    const failures: string[] = [];
    for (const each of ordered) {
      const why = each.unavailable ?? (await this.tryToLift(each));
      if (why instanceof Problem) failures.push(why.message);
      else if (why !== undefined) {
        later.push(why);
        this.owed.add(each);
      }
    }
    return { later: [...new Set(later)], failures };
  }

  /** Tries no longer what nobody could be told. */
  rest(): void {
    this.owed.forget();
  }

  /** Undefined when it is done; words when nobody answered; a problem when it was refused. */
  private async tryToLift({ fault, target }: FaultSwitch): Promise<string | Problem | undefined> {
    try {
      await this.set(fault, target, false);
      return undefined;
    } catch (error) {
      return error instanceof Problem && error.status !== 503 ? error : (error as Error).message;
    }
  }

  private async liftOwed(): Promise<void> {
    for (const each of await this.look()) {
      if (!each.owed || each.unavailable !== null) continue;
      if (typeof (await this.tryToLift(each)) === 'string') this.owed.add(each);
    }
  }
}

const isStop = ({ fault }: FaultSwitch): boolean => fault === 'stopped-service';
