import type { Change } from '@quadrille/choreography';
import { overRows, writing } from '@quadrille/nest';
import type { Journal } from '../domain/ledger.js';
import type { Posting } from '../domain/postings.js';

/** The store of the journal. Postings are never read or changed by steps, so loading needs no statement and saving one. */
export const ledgerStore = writing<Journal>({
  async load() {
    return new Map();
  },

  writes(changed) {
    const entries = changed.flatMap(entriesOf);
    const [text, values] = INSERT([
      entries.map(({ transactionId }) => transactionId),
      entries.map(({ posting }) => posting.account),
      entries.map(({ posting }) => posting.customerId),
      entries.map(({ posting }) => posting.amount),
      entries.map(({ posting }) => posting.currency),
      entries.map(({ posting }) => posting.orderId),
      entries.map(({ at }) => at),
    ]);
    return [{ text, values }];
  },
});

const COLUMNS = 'transaction_id, account, customer_id, amount, currency, order_id, at';

const INSERT = overRows(
  ['uuid', 'text', 'uuid', 'bigint', 'text', 'uuid', 'timestamptz'],
  (rows) => `insert into ledger_postings (${COLUMNS}) select * from ${rows} as entries (${COLUMNS})`,
);

interface Entry {
  readonly transactionId: string;
  readonly posting: Posting;
  readonly at: string;
}

/** Each event that changed the journal made one transaction, in the same order, with the event's id. */
function entriesOf({ after, events }: Change<Journal>): Entry[] {
  return after.transactions.flatMap((postings, nth) => {
    const { id, at } = events[nth]!;
    return postings.map((posting) => ({ transactionId: id, posting, at }));
  });
}
