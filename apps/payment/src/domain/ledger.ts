import { aggregate } from '@quadrille/contracts';
import { type Posting, postingsOf } from './postings.js';

/** The transactions that a batch adds to the journal under one key; what was there before is never needed. */
export interface Journal {
  readonly transactions: readonly (readonly Posting[])[];
}

/** The double-entry journal, by the order or the deposit. It is only ever added to. */
export const ledger = aggregate<Journal>('ledger', {
  initial: () => ({ transactions: [] }),
  evolve(journal, said) {
    const postings = postingsOf(said);
    return postings.length === 0 ? journal : { transactions: [...journal.transactions, postings] };
  },
});
