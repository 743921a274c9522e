import type { Task } from './task.js';

export interface PendingOptions<T> {
  readonly kind: 'call' | 'statement' | 'lock' | 'sleep';
  readonly label: string;
  /** The database that it reads or changes. */
  readonly at: string;
  /** False while a partition or a lock blocks it. */
  readonly free?: () => boolean;
  readonly go?: (nth: number) => Promise<T>;
  /** Creates the timeout error of the waiting task; undefined for a sleep. */
  readonly timer?: () => Error | undefined;
}

/** An operation that a task awaits. The scheduler executes it or fires its timer. */
export class Pending {
  /** `sent` until it starts; `done` while its answer cannot be delivered. */
  #state: 'sent' | 'runs' | 'done' = 'sent';
  #waits = true;
  readonly key: string;

  private constructor(
    readonly task: Task,
    private readonly nth: number,
    private readonly options: PendingOptions<any>,
    private readonly all: Map<string, Pending>,
    private readonly resolve: (value: any) => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.key = `${options.kind} ${task.key}.${nth}`;
    all.set(this.key, this);
  }

  /** Registers an operation that a task awaits. */
  static await<T>(all: Map<string, Pending>, task: Task, options: PendingOptions<T>): Promise<T> {
    const nth = ++task.calls;
    return new Promise((resolve, reject) => new Pending(task, nth, options, all, resolve, reject));
  }

  get label(): string {
    return this.options.label;
  }

  get at(): string {
    return this.options.at;
  }

  /** False if its caller has crashed or timed out. */
  get isAwaited(): boolean {
    return this.#waits;
  }

  get canGo(): boolean {
    return this.#state === 'sent' && this.options.go !== undefined && (this.options.free?.() ?? true);
  }

  /** A caller times out on a message that has not arrived or on a lost answer, not on work that waits for a lock. */
  get canTimeOut(): boolean {
    return this.#waits && this.options.timer !== undefined && this.#state !== 'runs';
  }

  get packed(): string {
    return `${this.key}${this.#state}${this.#waits ? '' : '!'}`;
  }

  async go(): Promise<void> {
    this.#state = 'runs';
    const answer = await this.options.go!(this.nth).then(
      (value) => ({ text: JSON.stringify(value) ?? '', deliver: () => this.resolve(value) }),
      (error: Error) => ({ text: String(error), deliver: () => this.reject(error) }),
    );
    this.#state = 'done';
    if (!this.#waits) this.all.delete(this.key);
    else if (this.options.free?.() ?? true) this.#answer(answer.text, answer.deliver);
  }

  timeOut(): void {
    const error = this.options.timer!();
    if (this.options.kind !== 'call') this.#state = 'done';
    this.#answer(error?.message ?? 'time', () => (error ? this.reject(error) : this.resolve(undefined)));
  }

  /** Called when the waiting task has crashed. A message already sent may still arrive, unless it is lost. */
  abandon(isLost: boolean): void {
    this.#waits = false;
    const arrives = this.options.kind === 'call' && this.#state === 'sent' && !isLost;
    if (this.#state !== 'runs' && !arrives) this.all.delete(this.key);
  }

  #answer(text: string, deliver: () => void): void {
    this.#waits = false;
    if (this.#state === 'done') this.all.delete(this.key);
    if (this.task.dead) return;
    this.task.receive(this.nth, text);
    deliver();
  }
}
