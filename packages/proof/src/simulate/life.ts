import type { CrashPoint } from '@quadrille/crash-points';
import type { Chance } from './chance.js';
import type { Journal } from './journal.js';
import type { Triggers } from './triggers.js';
import type { VirtualTime } from './virtual-time.js';

/** What everything in a simulated system shares. */
export interface Run {
  readonly time: VirtualTime;
  readonly journal: Journal;
  /** Faults that wait for their situation. */
  readonly triggers: Triggers;
  /** Numbers that follow from the seed, for everyone who has a name. */
  readonly chanceOf: (name: string) => Chance;
}

/** What a process that died waits for. */
const NEVER = new Promise<never>(() => {});
const AT_ONCE = Promise.resolve();

/** The life of one process. Everything it does outside itself goes through here, so a dead one does nothing any more. */
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
    // What the same process was about to do in this very moment counts as done before: others notice its death after that.
    this.run.time.plan(0, () => this.lieDown());
  }

  private lieDown(): void {
    for (const run of this.deaths) run();
  }

  /** It stands still for a while, whatever it is about to do. */
  freeze(forMs: number): void {
    this.frozen ??= this.run.time.pass(forMs).then(() => {
      this.frozen = undefined;
    });
  }

  /** Goes on only while it lives. */
  goOn(): Promise<void> {
    return this.dead || this.frozen ? this.thaw() : AT_ONCE;
  }

  private async thaw(): Promise<void> {
    while (this.frozen) await this.frozen;
    if (this.dead) await NEVER;
  }

  /** It comes by a place at which it may die. What it does outside itself after that, a dead one does not. */
  passes(point: CrashPoint): void {
    if (!this.dead) this.run.triggers.passed(point, this);
  }

  /** Waits, and goes on if it still lives. */
  async pass(ms: number): Promise<void> {
    await this.run.time.pass(ms);
    await this.goOn();
  }

  /** Waits for a call, or for some time; whatever comes first. */
  async called(listen: (call: () => void) => void, mostMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      listen(resolve);
      this.run.time.plan(mostMs, resolve);
    });
    await this.goOn();
  }
}
