import { Problem } from '@quadrille/nest';
import type { FaultName, FaultSwitch } from '../snapshot.js';
import { PendingRecoveries } from './pending-recoveries.js';
import { keyOf, type Switches } from './switches.js';

/** The result of lifting all faults. */
export interface Lifted {
  /** Faults of unreachable services, as text: they are lifted once those respond. */
  readonly later: readonly string[];
  /** Refused lifts, as text. */
  readonly failures: readonly string[];
}

/** All fault switches of the stage. */
export class AllFaults {
  /** Last known as on: a service without a response may still have them on. */
  private readonly seenOn = new Set<string>();
  private readonly recoveryPending: PendingRecoveries;

  constructor(
    private readonly kinds: readonly Switches[],
    tryAgainEveryMs?: number,
  ) {
    this.recoveryPending = new PendingRecoveries(() => this.recoverPending(), tryAgainEveryMs);
  }

  async look(): Promise<FaultSwitch[]> {
    const seen = (await Promise.all(this.kinds.map((kind) => kind.look()))).flat();
    return seen.map((each) => {
      const key = keyOf(each);
      if (each.unavailable !== null)
        return { ...each, on: this.seenOn.has(key), recoveryPending: this.recoveryPending.has(each) };
      if (each.on) this.seenOn.add(key);
      else {
        this.seenOn.delete(key);
        this.recoveryPending.settle(each);
      }
      return { ...each, recoveryPending: this.recoveryPending.has(each) };
    });
  }

  async set(fault: FaultName, target: string | null, on: boolean): Promise<void> {
    const kind = this.kinds.find(({ faults }) => faults.includes(fault));
    if (!kind) throw new Problem(404, 'unknown-fault', `There is no fault ${fault}.`);
    // A manual switch overrides the pending lift.
    this.recoveryPending.settle({ fault, target });
    await kind.set(fault, target, on);
    if (on) this.seenOn.add(keyOf({ fault, target }));
  }

  /** Switches all faults off. A failed lift does not prevent the others, and is retried automatically. */
  async lift(): Promise<Lifted> {
    const on = (await this.look()).filter((each) => each.on);
    // A stopped service cannot be switched: it is started first.
    const ordered = [...on.filter(isStop), ...on.filter((each) => !isStop(each))];
    const later: string[] = [];
    const failures: string[] = [];
    for (const each of ordered) {
      const why = each.unavailable ?? (await this.tryToRecover(each));
      if (why instanceof Problem) failures.push(why.message);
      else if (why !== undefined) {
        later.push(why);
        this.recoveryPending.add(each);
      }
    }
    return { later: [...new Set(later)], failures };
  }

  /** Cancels the pending lifts. */
  rest(): void {
    this.recoveryPending.clear();
  }

  /** Returns undefined on success, a text without a response, or a problem on refusal. */
  private async tryToRecover({ fault, target }: FaultSwitch): Promise<string | Problem | undefined> {
    try {
      await this.set(fault, target, false);
      return undefined;
    } catch (error) {
      return error instanceof Problem && error.status !== 503 ? error : (error as Error).message;
    }
  }

  private async recoverPending(): Promise<void> {
    for (const each of await this.look()) {
      if (!each.recoveryPending || each.unavailable !== null) continue;
      if (typeof (await this.tryToRecover(each)) === 'string') this.recoveryPending.add(each);
    }
  }
}

const isStop = ({ fault }: FaultSwitch): boolean => fault === 'stopped-service';
