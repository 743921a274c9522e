/** One run of an async function of a protocol. It is deterministic in the answers it has had: together they are its state. */
export class Task {
  dead = false;
  calls = 0;
  /** The first statement of a handler runs in the move that starts it: nothing visible can come between. */
  startsNow = false;
  readonly #answers: string[] = [];

  constructor(
    readonly key: string,
    /** The process that runs it. */
    readonly owner: string,
    /** Periodic work takes place long after whatever it finds. */
    readonly now: number,
    /** The task of a process that all this is done for. */
    readonly root: string = key,
  ) {}

  hear(nth: number, answer: string): void {
    this.#answers.push(`${nth}=${answer}`);
  }

  get packed(): string {
    return `${this.key}(${this.calls};${this.#answers.sort().join()})`;
  }
}
