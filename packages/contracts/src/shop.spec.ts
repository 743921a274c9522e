import { describe, expect, it } from '@jest/globals';
import { ignore } from '@quadrille/choreography';
import { InventoryReserved } from './events/inventory.js';
import { PaymentAuthorized, PaymentFailed } from './events/payment.js';
import { exampleOrder } from './examples.js';
import { OrderDetails, orderDetailsOf } from './order-details.js';
import { aggregate, serviceSteps, step } from './shop.js';

interface Payment {
  readonly status: 'none' | 'authorized';
}
const payments = aggregate<Payment>('payments', {
  initial: () => ({ status: 'none' }),
  evolve: (payment, event) => (event.type === 'PaymentAuthorized' ? { status: 'authorized' } : payment),
});

const authorizePayment = step('authorize-payment', {
  loads: (order) => ({ payment: payments.of(order.orderId) }),
  decide({ payment }, order) {
    if (payment.status !== 'none') return ignore;
    if (order.total > 100) return PaymentFailed({ ...orderDetailsOf(order), reason: 'insufficient-funds' });
    return PaymentAuthorized(orderDetailsOf(order));
  },
});

// The type check is the test: each directive fails it if the mistake below compiles.
export const mistakes = () => {
  step('authorize-payment', {
    loads: () => ({}),
    // @ts-expect-error a step cannot emit another row's event
    decide: (_states, order) => InventoryReserved(order),
  });
  // @ts-expect-error a service cannot omit a step
  serviceSteps('payment', { 'authorize-payment': authorizePayment });
  // @ts-expect-error a service cannot include another service's step
  serviceSteps('inventory', { 'authorize-payment': authorizePayment });
  step('authorize-payment', {
    // @ts-expect-error a step cannot use a field that the event lacks
    loads: (order) => ({ payment: payments.of(order.orderIdd) }),
    decide: () => ignore,
  });
  // @ts-expect-error the row does not exist
  step('authorise-payment', { loads: () => ({}), decide: () => ignore });
};

describe('the step language', () => {
  it('binds a step to its row', () => {
    expect(authorizePayment.name).toBe('authorize-payment');
  });

  it('rejects a row that is not in the table', () => {
    expect(() => step('authorise-payment' as 'authorize-payment', { loads: () => ({}), decide: () => ignore })).toThrow(
      "There is no row 'authorise-payment' in the table.",
    );
  });
});

describe('an id', () => {
  it('is normalised to lower case, in which keys are compared', () => {
    const spelled = exampleOrder({ orderId: '01980000-ABCD-7000-8000-00000000000F' });
    expect(OrderDetails.parse(spelled).orderId).toBe('01980000-abcd-7000-8000-00000000000f');
  });
});
