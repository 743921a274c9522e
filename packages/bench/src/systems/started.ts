/** The limit for a process start: longer than usual, because several start concurrently. */
export const READY_WITHIN_MS = 180_000;

/** The components started in a run; they are stopped in reverse order. */
export class Started {
  readonly #parts: { stop(): Promise<void> }[] = [];

  track<Part extends { stop(): Promise<void> }>(part: Part): Part {
    this.#parts.push(part);
    return part;
  }

  /** Stops all components even if one fails to stop; then throws the first error. */
  async end(): Promise<void> {
    const failures: unknown[] = [];
    for (const each of this.#parts.splice(0).reverse()) await each.stop().catch((error) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

/** The runs in progress, stopped on an interrupt. */
const open = new Set<Started>();

/** Runs `work` and stops all components that it started, also if it throws. */
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

/** Stops all components of all runs in progress. */
export async function endAll(): Promise<void> {
  await Promise.all([...open].map((each) => each.end()));
}
