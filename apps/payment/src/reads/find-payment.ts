import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { minorUnits } from '../persistence/money.js';

const PostingView = z.object({
  transactionId: z.uuid().describe('The id of the event that moved the money.'),
  account: z.string(),
  amount: z.int().describe('Minor units; a debit is positive, a credit negative.'),
  currency: z.string(),
  at: z.iso.datetime(),
});

/** The payment of an order in responses, with its ledger postings, oldest first. */
export const PaymentView = z.object({
  orderId: z.uuid(),
  status: z.enum(['authorized', 'failed', 'captured', 'capture-failed', 'voided', 'refunded']),
  method: z.enum(['account', 'card']),
  amount: z.int().describe("The order's total in minor units."),
  currency: z.string(),
  customerId: z.uuid().nullable(),
  authorization: z.string().nullable().describe("The provider's id of the hold on a card."),
  reason: z.string().nullable().describe('The reason of the failure or return.'),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  postings: z.array(PostingView),
});
export type PaymentView = z.infer<typeof PaymentView>;

interface Row {
  order_id: string;
  status: PaymentView['status'];
  method: PaymentView['method'];
  amount: string;
  currency: string;
  customer_id: string | null;
  provider_authorization: string | null;
  reason: string | null;
  created_at: Date;
  changed_at: Date;
}

/** The payment of an order; undefined before the first event of the order. */
export async function findPayment(dataSource: DataSource, orderId: string): Promise<PaymentView | undefined> {
  const [row] = await dataSource.query<Row[]>(
    `select order_id, status, method, amount, currency, customer_id, provider_authorization, reason, created_at, changed_at
     from payments where order_id = $1::uuid`,
    [orderId],
  );
  if (!row) return undefined;
  return {
    orderId: row.order_id,
    status: row.status,
    method: row.method,
    amount: minorUnits(row.amount),
    currency: row.currency,
    customerId: row.customer_id,
    authorization: row.provider_authorization,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
    postings: await postingsOfOrder(dataSource, orderId),
  };
}

interface PostingRow {
  transaction_id: string;
  account: string;
  amount: string;
  currency: string;
  at: Date;
}

/** Event ids are ordered by time; within a transaction the debit comes first. */
async function postingsOfOrder(dataSource: DataSource, orderId: string): Promise<PaymentView['postings']> {
  const rows = await dataSource.query<PostingRow[]>(
    `select transaction_id, account, amount, currency, at
     from ledger_postings where order_id = $1::uuid order by at, transaction_id, amount desc`,
    [orderId],
  );
  return rows.map((row) => ({
    transactionId: row.transaction_id,
    account: row.account,
    amount: minorUnits(row.amount),
    currency: row.currency,
    at: row.at.toISOString(),
  }));
}
