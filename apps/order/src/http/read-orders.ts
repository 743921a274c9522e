import { cursorAt, mayActFor, type Principal, placeOf } from '@quadrille/nest';
import type { DataSource } from 'typeorm';
import { OrderRecord } from '../persistence/order-record.js';
import type { Status } from '../persistence/read-table.js';
import { type OrderView, viewOfRecord } from './order-view.js';
import { unknownOrder } from './outcome.js';

/** The maximum and the default number of orders per page. */
export const MAX_PAGE_ORDERS = 500;
export const DEFAULT_PAGE_ORDERS = 100;

/** The filters and the page of a list. */
export interface OrderFilter {
  readonly customerId?: string | undefined;
  readonly status?: Status | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface OrderPage {
  readonly orders: readonly OrderView[];
  /** The cursor of the next page; null on the last page. */
  readonly next: string | null;
}

/** Reads the current state of an order. Throws a problem 404, also for an order of another customer. */
export async function readOrder(dataSource: DataSource, orderId: string, principal: Principal): Promise<OrderView> {
  const record = await dataSource.getRepository(OrderRecord).findOneBy({ orderId });
  if (!record || !mayActFor(principal, record.customerId)) throw unknownOrder(orderId);
  return viewOfRecord(record);
}

/** A page of orders, newest first. Throws a problem 400 for an invalid cursor. */
export async function listOrders(
  dataSource: DataSource,
  { customerId, status, cursor, limit }: OrderFilter,
): Promise<OrderPage> {
  const list = dataSource
    .getRepository(OrderRecord)
    .createQueryBuilder('o')
    .orderBy('o.placedAt', 'DESC')
    .addOrderBy('o.orderId', 'DESC')
    .limit(limit + 1);
  if (customerId !== undefined) list.andWhere('o.customerId = :customerId', { customerId });
  if (status !== undefined) list.andWhere('o.status = :status', { status });
  if (cursor !== undefined) {
    const [placedAt, orderId] = placeOf(cursor);
    list.andWhere('(o.placedAt, o.orderId) < (:placedAt, :orderId)', { placedAt, orderId });
  }
  const found = (await list.getMany()).map(viewOfRecord);
  const orders = found.slice(0, limit);
  const last = orders.at(-1);
  return { orders, next: last && found.length > orders.length ? cursorAt([last.placedAt, last.orderId]) : null };
}
