import type { CrashPoint } from '@quadrille/crash-points';
import type { Chance } from './chance.js';
import type { Journal } from './journal.js';
import type { Triggers } from './triggers.js';
import type { VirtualTime } from './virtual-time.js';

/** The shared infrastructure of a simulated system. */
export interface Run {
  readonly time: VirtualTime;
  readonly journal: Journal;
  /** Armed faults. */
  readonly triggers: Triggers<Life>;
  /** Independent random numbers per name, derived from the seed. */
  readonly chanceOf: (name: string) => Chance;
}

/** A dead process waits for this promise. */
const NEVER = new Promise<never>(() => {});
const AT_ONCE = Promise.resolve();

/** The life of one process. Every external effect goes through it, so that a dead process has none. */
export class Life {
  private dead = false;
  private frozen: Promise<void> | undefined;
  private readonly deaths: (() => void)[] = [];

  constructor(
    readonly name: string,
    readonly service: string,
    private readonly run: Run,
  ) {}

  get isOver(): boolean {
    return this.dead;
  }

  onDeath(run: () => void): void {
    this.deaths.push(run);
  }

  end(where: string): void {
    if (this.dead) return;
    this.dead = true;
    this.run.journal.note(`died ${where}`, this.name);
    // Effects of the same process at this very time precede its death: other processes detect it afterwards.
    this.run.time.plan(0, () => this.lieDown());
  }

  private lieDown(): void {
    for (const run of this.deaths) run();
  }

  /** Pauses the process for some time, at any point. */
  freeze(forMs: number): void {
    this.frozen ??= this.run.time.pass(forMs).then(() => {
      this.frozen = undefined;
    });
  }

  /** Resolves only while the process is alive. */
  goOn(): Promise<void> {
    return this.dead || this.frozen ? this.thaw() : AT_ONCE;
  }

  private async thaw(): Promise<void> {
    while (this.frozen) await this.frozen;
    if (this.dead) await NEVER;
  }

  /** The process reaches a crash point. After a crash it has no further external effect. */
  passes(point: CrashPoint): void {
    if (!this.dead) this.run.triggers.passed(point, this);
  }

  /** Waits, and continues if the process is still alive. */
  async pass(ms: number): Promise<void> {
    await this.run.time.pass(ms);
    await this.goOn();
  }

  /** Waits for a call, but not longer than `mostMs`. */
  async called(listen: (call: () => void) => void, mostMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      listen(resolve);
      this.run.time.plan(mostMs, resolve);
    });
    await this.goOn();
  }
}
