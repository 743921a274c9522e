/** One run of an async function of a protocol. It is deterministic, so the answers received so far are its state. */
export class Task {
  dead = false;
  calls = 0;
  /** The first statement of a handler runs in the move that starts it: no visible event can occur between them. */
  startsNow = false;
  readonly #answers: string[] = [];

  constructor(
    readonly key: string,
    /** The process that runs it. */
    readonly owner: string,
    /** Milliseconds. Periodic work runs long after all other tasks. */
    readonly now: number,
    /** The task on whose behalf this one runs. */
    readonly root: string = key,
  ) {}

  receive(nth: number, answer: string): void {
    this.#answers.push(`${nth}=${answer}`);
  }

  get packed(): string {
    return `${this.key}(${this.calls};${this.#answers.sort().join()})`;
  }
}
