import type { Change } from '@quadrille/choreography';
import { writing } from '@quadrille/nest';
import type { Journal } from '../domain/ledger.js';
import type { Posting } from '../domain/postings.js';

/** The store of the journal. Postings are never read or changed by steps, so loading needs no statement and saving one. */
export const ledgerStore = writing<Journal>({
  async load() {
    return new Map();
  },

  writes(changed) {
    const entries = changed.flatMap(entriesOf);
    return [
      {
        text: `insert into ledger_postings (transaction_id, account, customer_id, amount, currency, order_id, at)
       select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::text[], $6::uuid[], $7::timestamptz[])`,
        values: [
          entries.map(({ transactionId }) => transactionId),
          entries.map(({ posting }) => posting.account),
          entries.map(({ posting }) => posting.customerId),
          entries.map(({ posting }) => posting.amount),
          entries.map(({ posting }) => posting.currency),
          entries.map(({ posting }) => posting.orderId),
          entries.map(({ at }) => at),
        ],
      },
    ];
  },
});

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
