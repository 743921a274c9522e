import { setTimeout as pause } from 'node:timers/promises';
import { NODE_FLAGS, type RunningProcess, startProcess } from '@quadrille/local';

/** A service may need a database or broker that is still restarting; an orchestrator would restart the service. */
const START_AGAIN_AFTER_MS = 500;
const BACK_WITHIN_MS = 300_000;
/** Twelve processes starting at once occupy a small machine. */
export const STARTED_WITHIN_MS = 180_000;
/** The restart delay of an orchestrator. */
const REVIVE_AFTER_MS = 1_000;

/** How to start and reach an instance. */
export interface InstanceOptions {
  /** `payment-2`. */
  readonly name: string;
  readonly url: string;
  /** The base URL of the admin endpoints. */
  readonly adminUrl: string;
  readonly start: () => Promise<RunningProcess>;
  /** Called if the process exits unexpectedly. */
  readonly onSurprise: (sentence: string) => void;
}

/** One process of a service. It is restarted after each unexpected exit. */
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

  /** The first start; `running` is a process that is already started. */
  async begin(running?: RunningProcess): Promise<void> {
    this.#watch(running ?? (await this.options.start()));
  }

  get runs(): boolean {
    return this.#process?.running ?? false;
  }

  /** Sends SIGKILL. The process stays down until `bringBack`. */
  async die(): Promise<void> {
    this.#meant = true;
    await this.#process?.kill('SIGKILL');
  }

  /** Marks the next exit as expected: the process will kill itself. */
  expectDeath(): void {
    this.#meant = true;
  }

  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  /** Restarts the process until it is ready. */
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

  /** Stops the process gracefully and permanently. */
  async stop(): Promise<void> {
    this.#over = true;
    this.thaw();
    await this.#process?.stop();
  }

  #watch(process: RunningProcess): void {
    this.#process = process;
    process.onExit(({ code, signal }) => {
      if (this.#meant || this.#over) return;
      this.options.onSurprise(`${this.name} exited unexpectedly (${signal ?? `exit code ${code}`})`);
      this.#meant = true;
      this.#reviving = pause(REVIVE_AFTER_MS).then(() => {
        this.#reviving = undefined;
        return this.bringBack().catch((error: Error) => this.options.onSurprise(error.message));
      });
    });
  }

  /** Signals the process group, which includes child processes. */
  #signal(signal: NodeJS.Signals): void {
    if (this.runs) process.kill(-this.#process!.pid, signal);
  }
}

/** Starts the second instance of a service. */
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
