import type { Chance } from './chance.js';
import type { Journal } from './journal.js';
import type { VirtualTime } from './virtual-time.js';

/** What everything in a simulated system shares. */
export interface Run {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly journal: Journal;
  /** While this holds, things go wrong. */
  faulty: () => boolean;
}

const CRASHES_ONE_IN = 400;

/** What a process that died waits for. */
const NEVER = new Promise<never>(() => {});

/** The life of one process. Everything it does outside itself goes through here, so a dead one does nothing any more. */
export class Life {
  private dead = false;
  private readonly deaths: (() => void)[] = [];

  constructor(
    readonly name: string,
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
    for (const run of this.deaths) run();
  }

  /** Goes on only while it lives. */
  goOn(): Promise<void> {
    return this.dead ? NEVER : Promise.resolve();
  }

  /** A named place at which it may die. */
  point(where: string): Promise<void> {
    if (!this.dead && this.run.faulty() && this.run.chance.oneIn(CRASHES_ONE_IN)) this.end(where);
    return this.goOn();
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
