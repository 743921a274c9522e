import type { Change, Write } from '@quadrille/choreography';
import { insertFresh, isoOf, overKeys, overRows, utc, writeEach, writing } from '@quadrille/nest';
import type { KnownShipment, Shipment } from '../domain/shipments.js';

interface Row {
  order_id: string;
  status: KnownShipment['status'];
  tracking_number: string | null;
  destination: string;
  reason: string | null;
  /** Parse it with {@link isoOf}. */
  changed_at: string;
}

/** The store of shipments, with one row per order. */
export const shipmentStore = writing<Shipment>({
  async load(tx, orderIds) {
    const { rows } = await tx.query<Row>(...LOAD(orderIds));
    return new Map(rows.map((row) => [row.order_id, shipmentIn(row)]));
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
    `select order_id, status, tracking_number, destination, reason, ${utc('changed_at')} as changed_at
     from shipments where order_id ${among} order by order_id for update`,
);

/** Maps a row to a shipment; the table's check constraints ensure that each status has its columns. */
const shipmentIn = (row: Row): KnownShipment =>
  ({
    status: row.status,
    orderId: row.order_id,
    destination: row.destination,
    ...(row.tracking_number !== null && { trackingNumber: row.tracking_number }),
    ...(row.reason !== null && { reason: row.reason }),
    at: isoOf(row.changed_at),
  }) as KnownShipment;

const COLUMNS = 'order_id, status, tracking_number, destination, reason, changed_at';
const TYPES = ['uuid', 'text', 'text', 'text', 'text', 'timestamptz'];

const INSERT = overRows(
  TYPES,
  (rows) =>
    `insert into shipments (${COLUMNS}, created_at)
     select *, changed_at from ${rows} as fresh (${COLUMNS})`,
);

const UPDATE = overRows(
  TYPES,
  (rows) =>
    `update shipments s
     set status = c.status, tracking_number = c.tracking_number, destination = c.destination, reason = c.reason,
         changed_at = c.changed_at
     from ${rows} as c (${COLUMNS})
     where s.order_id = c.order_id`,
);

const insert = (changed: readonly Change<Shipment>[]): Write => insertFresh('a shipment', ...INSERT(columns(changed)));

const update = (changed: readonly Change<Shipment>[]): Write =>
  writeEach('a shipment', changed.length, ...UPDATE(columns(changed)));

function columns(changed: readonly Change<Shipment>[]): unknown[][] {
  const shipments = changed.map(({ after }) => after as KnownShipment);
  return [
    shipments.map(({ orderId }) => orderId),
    shipments.map(({ status }) => status),
    shipments.map((shipment) => ('trackingNumber' in shipment ? shipment.trackingNumber : null)),
    shipments.map(({ destination }) => destination),
    shipments.map((shipment) => ('reason' in shipment ? shipment.reason : null)),
    shipments.map(({ at }) => at),
  ];
}
