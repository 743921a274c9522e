/** How long a process may take to start: longer than usual, because the others of a run start beside it. */
export const READY_WITHIN_MS = 180_000;

/** What was started in a run and has to be ended, the last first. */
export class Started {
  readonly #parts: { stop(): Promise<void> }[] = [];

  track<Part extends { stop(): Promise<void> }>(part: Part): Part {
    this.#parts.push(part);
    return part;
  }

  /** Ends everything, also when some of it fails to; then throws the first failure. */
  async end(): Promise<void> {
    const failures: unknown[] = [];
    for (const each of this.#parts.splice(0).reverse()) await each.stop().catch((error) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

/** What runs at this moment, for an interrupt to end. */
const open = new Set<Started>();

/** Does `work` with what it starts; all of it is ended afterwards, however `work` ends. */
export async function withStarted<Result>(work: (started: Started) => Promise<Result>): Promise<Result> {
  const started = new Started();
  open.add(started);
  try {
    return await work(started);
  } finally {
    open.delete(started);
    await started.end();
  }
}

/** Ends everything of every run under way. */
export async function endAll(): Promise<void> {
  await Promise.all([...open].map((each) => each.end()));
}
