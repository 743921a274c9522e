import { Injectable } from '@nestjs/common';
import {
  type CompensationDetails,
  type OrderDetails,
  orderDetailsOf,
  PaymentAuthorized,
  PaymentCaptured,
  PaymentFailed,
  PaymentRefunded,
  PaymentVoided,
} from '@quadrille/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { once } from '../messaging/once.js';
import { publish } from '../messaging/publish.js';
import type { ReceivedEvent } from '../messaging/received-event.js';
import { Account } from './account.js';
import { move } from './move.js';
import { Payment, type PaymentStatus } from './payment.js';

/** Authorizes, captures and returns the money of orders that are paid from an account. */
@Injectable()
export class PaymentsService {
  constructor(private readonly dataSource: DataSource) {}

  authorize(created: ReceivedEvent<OrderDetails>): Promise<void> {
    return once(this.dataSource, 'authorize-payment', created, async (manager) => {
      const order = created.data;
      if (await locked(manager, order.orderId)) return;
      const refusal = await declineReason(manager, order);
      await manager.insert(Payment, paymentOf(order, refusal ? 'failed' : 'authorized'));
      if (refusal) {
        await publish(
          manager,
          'authorize-payment',
          PaymentFailed({ ...orderDetailsOf(order), reason: refusal }),
          created,
        );
      } else {
        await move(manager, order, 'customer-available', 'customer-held');
        await publish(manager, 'authorize-payment', PaymentAuthorized(orderDetailsOf(order)), created);
      }
    });
  }

  capture(shipped: ReceivedEvent<OrderDetails>): Promise<void> {
    return once(this.dataSource, 'capture-payment', shipped, async (manager) => {
      const order = shipped.data;
      const payment = await locked(manager, order.orderId);
      if (payment?.status !== 'authorized') return;
      await manager.update(Payment, order.orderId, { status: 'captured' });
      await move(manager, order, 'customer-held', 'revenue');
      await publish(manager, 'capture-payment', PaymentCaptured(orderDetailsOf(order)), shipped);
    });
  }

  returnPayment(undone: ReceivedEvent<CompensationDetails>): Promise<void> {
    return once(this.dataSource, 'return-payment', undone, async (manager) => {
      const order = undone.data;
      const back = { ...orderDetailsOf(order), reason: order.reason };
      const payment = await locked(manager, order.orderId);
      if (!payment) {
        await manager.insert(Payment, paymentOf(order, 'voided'));
        await publish(manager, 'return-payment', PaymentVoided({ ...back, amount: 0 }), undone);
      } else if (payment.status === 'authorized') {
        await manager.update(Payment, order.orderId, { status: 'voided' });
        await move(manager, order, 'customer-held', 'customer-available');
        await publish(manager, 'return-payment', PaymentVoided({ ...back, amount: payment.amount }), undone);
      } else if (payment.status === 'captured') {
        await manager.update(Payment, order.orderId, { status: 'refunded' });
        await move(manager, order, 'revenue', 'customer-available');
        await publish(manager, 'return-payment', PaymentRefunded({ ...back, amount: payment.amount }), undone);
      }
    });
  }
}

const locked = (manager: EntityManager, orderId: string): Promise<Payment | null> =>
  manager.findOne(Payment, { where: { orderId }, lock: { mode: 'pessimistic_write' } });

async function declineReason(manager: EntityManager, { customerId, total, currency, payment }: OrderDetails) {
  if (payment.method === 'card' || customerId === null) return 'card-not-taken';
  const account = await manager.findOne(Account, { where: { customerId }, lock: { mode: 'pessimistic_write' } });
  if (!account) return 'unknown-account';
  if (account.currency !== currency) return 'currency-mismatch';
  return account.available < total ? 'insufficient-funds' : undefined;
}

const paymentOf = ({ orderId, payment, total }: OrderDetails, status: PaymentStatus) => ({
  orderId,
  status,
  method: payment.method,
  amount: total,
});
