import type { BatchFrame } from './batch-frame.js';

/** A transaction that was aborted: whose, and from which offset on. */
export interface Aborted {
  readonly producerId: string;
  readonly firstOffset: string;
}

const TYPE_IN_KEY_AT = 2;
const ABORT = 0;
/** From the beginning of a marker's record to its key: length, attributes, two deltas, and the length of the key, a byte each. */
const KEY_IN_MARKER_AT = 5;

/**
 * Which batches nobody may hear: the ends of transactions, and what aborted ones said. A producer's batches are hidden from the first
 * offset of a transaction that was aborted until its end is read. (kafkajs takes one transaction a record off the list, so that of two which began
 * before what was asked for, the second is heard.)
 */
export class Transactions {
  readonly #coming: { readonly producerId: string; readonly firstOffset: bigint }[];
  readonly #aborted = new Set<string>();

  constructor(aborted: readonly Aborted[]) {
    this.#coming = aborted
      .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
      .sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  }

  /** Batches are asked about in the order of their offsets. */
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
