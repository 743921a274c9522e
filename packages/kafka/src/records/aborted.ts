import type { BatchFrame } from './batch-frame.js';

/** An aborted transaction: its producer and its first offset. */
export interface Aborted {
  readonly producerId: string;
  readonly firstOffset: string;
}

const TYPE_IN_KEY_AT = 2;
const ABORT = 0;
/** From the start of a marker's record to its key: length, attributes, two deltas, and the length of the key, one byte each. */
const KEY_IN_MARKER_AT = 5;

/**
 * Hides batches that must not be consumed: transaction markers, and records of aborted transactions. A producer's batches are
 * hidden from the first offset of an aborted transaction until its marker is read. (kafkajs removes only one transaction per
 * record from the list, so that of two that began before the requested offset, the second is consumed.)
 */
export class Transactions {
  readonly #coming: { readonly producerId: string; readonly firstOffset: bigint }[];
  readonly #aborted = new Set<string>();

  constructor(aborted: readonly Aborted[]) {
    this.#coming = aborted
      .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
      .sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  }

  /** Must be called in the order of offsets. */
  isHidden(batch: BatchFrame, bytes: Buffer): boolean {
    while (this.#coming[0] && this.#coming[0].firstOffset <= batch.lastOffset) {
      this.#aborted.add(this.#coming.shift()!.producerId);
    }
    if (batch.isControl) {
      const isAbort = bytes.readInt16BE(batch.start + KEY_IN_MARKER_AT + TYPE_IN_KEY_AT) === ABORT;
      if (isAbort) this.#aborted.delete(batch.producerId);
      return true;
    }
    return batch.inTransaction && this.#aborted.has(batch.producerId);
  }
}
