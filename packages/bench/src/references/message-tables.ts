import pg from 'pg';
import type { Order } from './checkout.js';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = '23505';
const INBOX_KEY = 'inbox_pkey';

/** Records a processed message. If it is a duplicate, the transaction fails; no statement waits for the answer. */
export async function insertInbox(client: pg.ClientBase, messageId: string): Promise<void> {
  await client.query({ name: 'inbox', text: 'insert into inbox (message_id) values ($1)', values: [messageId] });
}

/** The error of `insertInbox` about a message that was processed before. */
export const isDuplicate = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === INBOX_KEY;

export async function insertDeadline(client: pg.ClientBase, { orderId }: Order): Promise<void> {
  const text = `insert into deadlines (order_id, due_at) values ($1, now() + interval '1 hour')`;
  await client.query({ name: 'insert-deadline', text, values: [orderId] });
}

export async function deleteDeadline(client: pg.ClientBase, { orderId }: Order): Promise<void> {
  await client.query({ name: 'delete-deadline', text: 'delete from deadlines where order_id = $1', values: [orderId] });
}
