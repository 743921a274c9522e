import { setTimeout as pause } from 'node:timers/promises';
import { NODE_FLAGS, type RunningProcess, startProcess } from '@quadrille/local';

/** A service may need the database or the broker that is just coming back: whoever runs services starts them again. */
const START_AGAIN_AFTER_MS = 500;
const BACK_WITHIN_MS = 300_000;
/** Twelve processes at once keep a small machine busy. */
export const STARTED_WITHIN_MS = 180_000;
/** As long as an orchestrator waits before it starts what ended by itself. */
const REVIVE_AFTER_MS = 1_000;

/** What an instance is started with. */
export interface InstanceOptions {
  /** `payment-2`. */
  readonly name: string;
  readonly url: string;
  /** Where it answers operators. */
  readonly adminUrl: string;
  readonly start: () => Promise<RunningProcess>;
  /** Told when it ended although nobody meant it to. */
  readonly onSurprise: (sentence: string) => void;
}

/** One process of a service, which somebody wants to run: what ends it, for whatever reason, is undone after a while. */
export class Instance {
  readonly name: string;
  readonly url: string;
  readonly adminUrl: string;
  #process: RunningProcess | undefined;
  #meant = false;
  #over = false;
  #reviving: Promise<void> | undefined;

  constructor(private readonly options: InstanceOptions) {
    this.name = options.name;
    this.url = options.url;
    this.adminUrl = options.adminUrl;
  }

  /** The first start; `running` is a process that somebody else has started already. */
  async begin(running?: RunningProcess): Promise<void> {
    this.#watch(running ?? (await this.options.start()));
  }

  get runs(): boolean {
    return this.#process?.running ?? false;
  }

  /** SIGKILL, and nobody brings it back before `bringBack`. */
  async die(): Promise<void> {
    this.#meant = true;
    await this.#process?.kill('SIGKILL');
  }

  /** From now on its end is meant: it will kill itself. */
  expectDeath(): void {
    this.#meant = true;
  }

  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  /** Starts it as often as it takes until it is ready. */
  async bringBack(): Promise<void> {
    await this.#reviving;
    const deadline = Date.now() + BACK_WITHIN_MS;
    while (!this.runs && !this.#over) {
      try {
        await this.#process!.restart();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await pause(START_AGAIN_AFTER_MS);
      }
    }
    this.#meant = false;
  }

  /** Ends it for good, in order. */
  async stop(): Promise<void> {
    this.#over = true;
    this.thaw();
    await this.#process?.stop();
  }

  #watch(process: RunningProcess): void {
    this.#process = process;
    process.onExit(({ code, signal }) => {
      if (this.#meant || this.#over) return;
      this.options.onSurprise(`${this.name} ended by itself (${signal ?? `exit code ${code}`})`);
      this.#meant = true;
      this.#reviving = pause(REVIVE_AFTER_MS).then(() => {
        this.#reviving = undefined;
        return this.bringBack().catch((error: Error) => this.options.onSurprise(error.message));
      });
    });
  }

  /** To the group: what it has started is of one fate with it. */
  #signal(signal: NodeJS.Signals): void {
    if (this.runs) process.kill(-this.#process!.pid, signal);
  }
}

/** The second instance of a service, or any but the first. */
export const startInstance = (
  name: string,
  main: string,
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): Promise<RunningProcess> =>
  startProcess({
    name,
    command: process.execPath,
    args: [...NODE_FLAGS, main],
    env: { ...env },
    onLine,
    readyWhen: `http://127.0.0.1:${env.PORT}/health/ready`,
    readyWithinMs: STARTED_WITHIN_MS,
  });
