import type { Change, Write } from '@quadrille/choreography';
import { insertFresh, isoOf, overKeys, overRows, utc, writeEach, writing } from '@quadrille/nest';
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
    const { rows } = await tx.query<Row>(...LOAD(orderIds));
    return new Map(rows.map((row) => [row.order_id, paymentIn(row)]));
  },

  writes(changed) {
    const fresh = changed.filter(({ before }) => before === undefined);
    const known = changed.filter(({ before }) => before !== undefined);
    return [...(fresh.length > 0 ? [insert(fresh)] : []), ...(known.length > 0 ? [update(known)] : [])];
  },
});

const LOAD = overKeys(
  'uuid',
  (among) =>
    `select order_id, status, method, amount, currency, customer_id, provider_authorization, reason,
            ${utc('changed_at')} as changed_at
     from payments where order_id ${among} order by order_id for update`,
);

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

const COLUMNS = 'order_id, status, method, amount, currency, customer_id, provider_authorization, reason, changed_at';
const TYPES = ['uuid', 'text', 'text', 'bigint', 'text', 'uuid', 'text', 'text', 'timestamptz'];

const INSERT = overRows(
  TYPES,
  (rows) =>
    `insert into payments (${COLUMNS}, created_at)
     select *, changed_at from ${rows} as fresh (${COLUMNS})`,
);

const UPDATE = overRows(
  TYPES,
  (rows) =>
    `update payments p
     set status = c.status, method = c.method, amount = c.amount, currency = c.currency, customer_id = c.customer_id,
         provider_authorization = c.provider_authorization, reason = c.reason, changed_at = c.changed_at
     from ${rows} as c (${COLUMNS})
     where p.order_id = c.order_id`,
);

const insert = (changed: readonly Change<Payment>[]): Write => insertFresh('a payment', ...INSERT(columns(changed)));

const update = (changed: readonly Change<Payment>[]): Write =>
  writeEach('a payment', changed.length, ...UPDATE(columns(changed)));

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
