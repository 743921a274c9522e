import type { WireRecord } from './record.js';
import { isOfATopic, RefusedTopics, UnsendableRecords } from './unsendable.js';

/** The unsent records of a call, with the reasons. */
export class Unsent {
  readonly #never = new Set<number>();
  readonly #refused = new Set<number>();
  readonly #topics = new Map<string, unknown>();
  #neverCause: unknown;
  #someWereSent = false;

  /** This record can never be sent. */
  never(index: number, cause: unknown): void {
    this.#never.add(index);
    this.#neverCause ??= cause;
  }

  /** This topic accepts no records: none of this call is sent to it any more, to preserve the order per key. */
  refused(topic: string, indexes: readonly number[], cause: unknown): void {
    for (const index of indexes) this.#refused.add(index);
    this.#topics.set(topic, cause);
  }

  someWereSent(): void {
    this.#someWereSent = true;
  }

  /** Those of these records that may still be tried. */
  open(records: readonly WireRecord[], indexes: readonly number[]): readonly number[] {
    if (this.#topics.size === 0 && this.#never.size === 0) return indexes;
    return indexes.filter((index) => {
      if (this.#never.has(index)) return false;
      const isOpen = !this.#topics.has(records[index]!.topic);
      if (!isOpen) this.#refused.add(index);
      return isOpen;
    });
  }

  /**
   * Throws the error for the caller. An error without a known topic is a topic's if others were sent to; otherwise it is the
   * broker's, and any record may be missing.
   */
  throwIfAny(): void {
    const unsendable = this.#never.size > 0 ? new UnsendableRecords([...this.#never], this.#neverCause) : undefined;
    if (this.#topics.size === 0) {
      if (unsendable) throw unsendable;
      return;
    }
    const unknown = [...this.#topics.values()].find((cause) => !isOfATopic(cause));
    if (unknown !== undefined && !this.#someWereSent) throw unknown;
    throw new RefusedTopics([...this.#refused, ...this.#never], this.#topics, unsendable);
  }
}
