import type { Change, Write } from '@quadrille/choreography';
import { insertFresh, isoOf, utc, writeEach, writing } from '@quadrille/nest';
import type { Payment, PaymentFacts, PaymentStatus } from '../domain/payments.js';
import { minorUnits } from './money.js';

interface Row {
  order_id: string;
  status: PaymentStatus;
  method: PaymentFacts['method'];
  amount: string;
  currency: string;
  customer_id: string | null;
  provider_authorization: string | null;
  reason: string | null;
  /** Parse it with {@link isoOf}. */
  changed_at: string;
}

type Known = Exclude<Payment, { status: 'none' }>;

/** The store of payments, with one row per order. */
export const paymentStore = writing<Payment>({
  async load(tx, orderIds) {
    const { rows } = await tx.query<Row>(
      `select order_id, status, method, amount, currency, customer_id, provider_authorization, reason,
              ${utc('changed_at')} as changed_at
       from payments where order_id = any($1::uuid[]) order by order_id for update`,
      [orderIds],
    );
    return new Map(rows.map((row) => [row.order_id, paymentIn(row)]));
  },

  writes(changed) {
    const fresh = changed.filter(({ before }) => before === undefined);
    const known = changed.filter(({ before }) => before !== undefined);
    return [...(fresh.length > 0 ? [insert(fresh)] : []), ...(known.length > 0 ? [update(known)] : [])];
  },
});

/** Maps a row to a payment. */
const paymentIn = (row: Row): Known => ({
  status: row.status,
  method: row.method,
  amount: minorUnits(row.amount),
  currency: row.currency,
  customerId: row.customer_id,
  ...(row.provider_authorization !== null && { authorization: row.provider_authorization }),
  ...(row.reason !== null && { reason: row.reason }),
  at: isoOf(row.changed_at),
});

const insert = (changed: readonly Change<Payment>[]): Write =>
  insertFresh(
    'a payment',
    `insert into payments
       (order_id, status, method, amount, currency, customer_id, provider_authorization, reason, changed_at, created_at)
     select *, changed_at
     from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::uuid[], $7::text[], $8::text[],
                 $9::timestamptz[])
       as fresh (order_id, status, method, amount, currency, customer_id, provider_authorization, reason, changed_at)`,
    columns(changed),
  );

const update = (changed: readonly Change<Payment>[]): Write =>
  writeEach(
    'a payment',
    changed.length,
    `update payments p
     set status = c.status, method = c.method, amount = c.amount, currency = c.currency, customer_id = c.customer_id,
         provider_authorization = c.provider_authorization, reason = c.reason, changed_at = c.changed_at
     from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::uuid[], $7::text[], $8::text[],
                 $9::timestamptz[])
       as c (order_id, status, method, amount, currency, customer_id, provider_authorization, reason, changed_at)
     where p.order_id = c.order_id`,
    columns(changed),
  );

function columns(changed: readonly Change<Payment>[]): unknown[][] {
  const rows = changed.map(({ key, after }) => ({ key, payment: after as Known }));
  const column = (value: (payment: Known) => unknown) => rows.map(({ payment }) => value(payment));
  return [
    rows.map(({ key }) => key),
    column(({ status }) => status),
    column(({ method }) => method),
    column(({ amount }) => amount),
    column(({ currency }) => currency),
    column(({ customerId }) => customerId),
    column(({ authorization }) => authorization ?? null),
    column(({ reason }) => reason ?? null),
    column(({ at }) => at),
  ];
}
