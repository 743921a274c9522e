import { setTimeout as pause } from 'node:timers/promises';
import type { OrderBody } from '@quadrille/load';
import { PEOPLE } from '@quadrille/load';
import { newId } from '@quadrille/nest';
import type { OrderResult } from '../protocol.js';

/** An order, as the customer sees it. */
export interface SentOrder {
  readonly orderId: string;
  /** Whether it uses the one account and the one SKU that half of all orders share. */
  readonly hot: boolean;
  readonly dueAt: number;
  answeredAt?: number;
  status?: OrderResult['status'];
  /** The order id assigned by the shop, if it differs. */
  shopId?: string;
  /** The protocol that carried the order, if the coordinator chooses one. */
  by?: string;
  /** The coordinator that it was sent to first: 0 or 1. */
  readonly driver?: number;
}

/** The nth order of a load. */
export type OrderAt = (nth: number) => { readonly hot: boolean; readonly body: OrderBody };

/** Sends an order to the first (`nth` 0) or second driver. Throws if the driver is unreachable. */
export type Place = (nth: number, sent: SentOrder, body: OrderBody) => Promise<void>;

const ADDRESS = {
  name: 'Ada Lovelace',
  line1: '12 St James’s Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};
const COLD = ['MUG-BLUE', 'MUG-RED', 'TEA-ASSAM', 'TEA-SENCHA', 'BISCUITS', 'TRAY-OAK'];
const HOT = 'TEAPOT';

export function bodyOf(hot: boolean, nth: number): OrderBody {
  return {
    customerId: hot ? PEOPLE.rich[0]! : PEOPLE.rich[1 + (nth % (PEOPLE.rich.length - 1))]!,
    items: [{ sku: hot ? HOT : COLD[nth % COLD.length]!, quantity: 1 }],
    shippingAddress: ADDRESS,
    payment: { method: 'account' },
    currency: 'GBP',
  };
}

/** Every second order is hot. */
export const halfHot: OrderAt = (nth) => ({ hot: nth % 2 === 0, body: bodyOf(nth % 2 === 0, nth) });

/** All by card. Shipping refuses every third order, after the card was charged: its country is not served. */
export const byCard: OrderAt = (nth) => {
  const body = bodyOf(false, nth);
  const shippingAddress = nth % 3 === 2 ? { ...body.shippingAddress, country: 'AQ' } : body.shippingAddress;
  return { hot: false, body: { ...body, shippingAddress, payment: { method: 'card', token: 'tok_visa' } } };
};

interface Load {
  readonly rate: number;
  readonly seconds: number;
  readonly orderAt: OrderAt;
  /** Orders that are due at the same moment (default 1). */
  readonly burst?: number;
}

/** Sends orders at a fixed rate, independent of the answers, alternating between the drivers. */
export async function sendOrders(
  place: Place,
  { rate, seconds, orderAt, burst = 1 }: Load,
  sentOrders: SentOrder[],
): Promise<{ settled: Promise<unknown> }> {
  const began = Date.now();
  const answers: Promise<void>[] = [];
  for (let nth = 0; nth < rate * seconds; nth++) {
    const dueAt = began + (Math.floor(nth / burst) * burst * 1_000) / rate;
    const wait = dueAt - Date.now();
    if (wait > 0) await pause(wait);
    const { hot, body } = orderAt(nth);
    const driver = Math.floor(nth / 2) % 2;
    const sent: SentOrder = { orderId: newId(), hot, dueAt, driver };
    sentOrders.push(sent);
    // If a driver refuses the connection, the customer uses the other one. An order in flight without an answer stays unanswered.
    answers.push(
      place(driver, sent, body)
        .catch((error) => (isRefused(error) ? place(1 - driver, sent, body) : undefined))
        .catch(() => {}),
    );
  }
  return { settled: Promise.all(answers) };
}

const isRefused = (error: { cause?: { code?: string } }): boolean => error.cause?.code === 'ECONNREFUSED';

/** Sends orders to the coordinators of the lab, which respond when an order has ended. */
export const placeAt =
  (intakes: readonly string[]): Place =>
  async (nth, sent, body) => {
    const answer = await post(`${intakes[nth]}/orders`, { ...body, orderId: sent.orderId });
    if (answer?.status !== 'COMPLETED' && answer?.status !== 'CANCELLED' && answer?.status !== 'IN_DOUBT') return;
    sent.answeredAt = Date.now();
    sent.status = answer.status;
    sent.by = answer.by;
  };

export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  return response.json();
}
