import { protocolErrorOf } from './unreachable.js';

/**
 * Some records can never be sent: they are too large, or the broker says they are invalid. All other records of the call have been
 * acknowledged. `indexes` point into what `send` was given.
 */
export class UnsendableRecords extends Error {
  constructor(
    readonly indexes: readonly number[],
    override readonly cause: unknown,
  ) {
    super(
      `${indexes.length} of the records can never be sent: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
    this.name = 'UnsendableRecords';
  }
}

/** What a broker says about a record it will never take. */
const REFUSED_FOR_EVER = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

/** True when sending the same again is of no use. */
export const isRefusedForEver = (error: unknown): boolean => REFUSED_FOR_EVER.has(protocolErrorOf(error) ?? '');
