import type { RecordEntry } from '../books.js';

/** Maximum remembered causes. A message is processed twice within the reach of a redelivery, not after days. */
const REMEMBERED_CAUSES = 200_000;

/** Finds a step that emitted two different events for the same cause. */
export class Effects {
  readonly #byCause = new Map<string, string>();

  /** Describes the violation if this record is the second event of its cause. A duplicate record is no violation. */
  take({ service, step, causationId, eventId }: RecordEntry): string | undefined {
    if (causationId === null) return undefined;
    const cause = `${service} ${step} ${causationId}`;
    const before = this.#byCause.get(cause);
    if (before === undefined) {
      this.#byCause.set(cause, eventId);
      if (this.#byCause.size > REMEMBERED_CAUSES) this.#byCause.delete(this.#byCause.keys().next().value as string);
    }
    return before !== undefined && before !== eventId
      ? `${step} processed ${causationId} twice: ${before} and ${eventId}`
      : undefined;
  }
}
