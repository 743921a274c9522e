import { aggregate } from '@quadrille/contracts';
import { type Posting, postingsOf } from './postings.js';

/** The transactions that a batch adds to the journal for one key; earlier ones are never loaded. */
export interface Journal {
  readonly transactions: readonly (readonly Posting[])[];
}

/** The double-entry journal, keyed by order or deposit; append-only. */
export const ledger = aggregate<Journal>('ledger', {
  initial: () => ({ transactions: [] }),
  evolve(journal, event) {
    const postings = postingsOf(event);
    return postings.length === 0 ? journal : { transactions: [...journal.transactions, postings] };
  },
});
