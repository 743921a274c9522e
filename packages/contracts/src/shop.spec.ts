import { describe, expect, it } from '@jest/globals';
import { nothing } from '@quadrille/choreography';
import { InventoryReserved } from './events/inventory.js';
import { PaymentAuthorized, PaymentFailed } from './events/payment.js';
import { exampleOrder } from './examples.js';
import { forward, Itinerary } from './itinerary.js';
import { aggregate, part, step } from './shop.js';

interface Payment {
  readonly status: 'none' | 'authorized';
}
const payments = aggregate<Payment>('payments', {
  initial: () => ({ status: 'none' }),
  evolve: (payment, said) => (said.type === 'PaymentAuthorized' ? { status: 'authorized' } : payment),
});

const authorizePayment = step('authorize-payment', {
  touches: (order) => ({ payment: payments.of(order.orderId) }),
  decide({ payment }, order) {
    if (payment.status !== 'none') return nothing;
    if (order.total > 100) return PaymentFailed({ ...forward(order), reason: 'insufficient-funds' });
    return PaymentAuthorized(forward(order));
  },
});

// These lines are the test: each directive fails the type check when the mistake below it compiles.
export const mistakes = () => {
  step('authorize-payment', {
    touches: () => ({}),
    // @ts-expect-error a step cannot say another row's event
    decide: (_states, order) => InventoryReserved(order),
  });
  // @ts-expect-error a service cannot leave a step out
  part('payment', { 'authorize-payment': authorizePayment });
  // @ts-expect-error a service cannot take a foreign step
  part('inventory', { 'authorize-payment': authorizePayment });
  step('authorize-payment', {
    // @ts-expect-error a step cannot use a field the event does not have
    touches: (order) => ({ payment: payments.of(order.orderIdd) }),
    decide: () => nothing,
  });
  // @ts-expect-error there is no such row
  step('authorise-payment', { touches: () => ({}), decide: () => nothing });
};

describe('the step language', () => {
  it('gives a step its row', () => {
    expect(authorizePayment.name).toBe('authorize-payment');
  });

  it('refuses a row that is not in the table', () => {
    expect(() =>
      step('authorise-payment' as 'authorize-payment', { touches: () => ({}), decide: () => nothing }),
    ).toThrow("There is no row 'authorise-payment' in the table.");
  });
});

describe('an id', () => {
  it('is read in one spelling, the one that keys are compared in', () => {
    const spelled = exampleOrder({ orderId: '01980000-ABCD-7000-8000-00000000000F' });
    expect(Itinerary.parse(spelled).orderId).toBe('01980000-abcd-7000-8000-00000000000f');
  });
});
