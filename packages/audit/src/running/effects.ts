import type { RecordEntry } from '../books.js';

/** So many causes are remembered. Whoever takes a message twice does so within the reach of a redelivery, not after days. */
const REMEMBERED_CAUSES = 200_000;

/** Finds a step that has said two different events because of the same one. */
export class Effects {
  readonly #byCause = new Map<string, string>();

  /** In words, when this record is the second of its cause. One that merely came twice is none. */
  take({ service, step, causationId, eventId }: RecordEntry): string | undefined {
    if (causationId === null) return undefined;
    const cause = `${service} ${step} ${causationId}`;
    const before = this.#byCause.get(cause);
    if (before === undefined) {
      this.#byCause.set(cause, eventId);
      if (this.#byCause.size > REMEMBERED_CAUSES) this.#byCause.delete(this.#byCause.keys().next().value as string);
    }
    return before !== undefined && before !== eventId
      ? `${step} took ${causationId} twice: ${before} and ${eventId}`
      : undefined;
  }
}
