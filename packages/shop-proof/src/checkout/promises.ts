import type { OrderDetails } from '@quadrille/contracts';
import { reservations } from '@quadrille/inventory/domain/reservations';
import { orders } from '@quadrille/order/domain/order';
import { paymentOf } from '@quadrille/payment/domain/payments';
import type { Charge } from '@quadrille/payment-provider/charges/charge';
import { heldBy } from '@quadrille/payment-provider/charges/charge';
import type { Look, Promised } from '@quadrille/proof/explore/look';
import { shipments } from '@quadrille/shipping/domain/shipments';
import type { Parcel } from './carriers.js';
import { moneyIsConserved, netOf, takenTimes } from './money.js';
import { piecesAreConserved } from './pieces.js';

/** The final status of one order in each service. */
export interface JointEnding {
  readonly order: string;
  readonly payment: string;
  readonly inventory: string;
  readonly shipping: string;
}

/** Returns the status of an order in the four services. */
export const jointEnding = (look: Look, { orderId, ...rest }: OrderDetails): JointEnding => ({
  order: look.state(orders.of(orderId)).status,
  payment: look.state(paymentOf({ orderId, ...rest })).status,
  inventory: look.state(reservations.of(orderId)).status,
  shipping: look.state(shipments.of(orderId)).status,
});

/** The promises to these orders, by their number in the design. */
export const promisesTo = (all: readonly OrderDetails[]): Promised[] => [
  { name: '4. no piece is lost or promised twice', when: 'always', wrong: (look) => piecesAreConserved(look, all) },
  { name: '5. no money is lost or made', when: 'always', wrong: (look) => moneyIsConserved(look, all) },
  { name: '7. we and the provider agree', when: 'always', wrong: forEach(all, agreesWithProvider) },
  { name: '7. we and the carrier agree', when: 'always', wrong: forEach(all, agreesWithCarrier) },
  { name: '1. every order ends', when: 'quiet', wrong: forEach(all, hasEnded) },
  { name: '2. a completed order took effect once', when: 'quiet', wrong: forEach(all, completed) },
  { name: '3. a cancelled order is compensated', when: 'quiet', wrong: forEach(all, cancelled) },
  { name: '7. all services agree on how an order ended', when: 'quiet', wrong: forEach(all, agreed) },
];

type Wrong = (look: Look, order: OrderDetails) => string | undefined;

const forEach =
  (all: readonly OrderDetails[], wrong: Wrong) =>
  (look: Look): string | undefined => {
    for (const order of all) {
      const explanation = wrong(look, order);
      if (explanation !== undefined) return explanation;
    }
    return undefined;
  };

const hasEnded: Wrong = (look, order) => {
  const { status } = look.state(orders.of(order.orderId));
  if (status === 'none' || status === 'completed' || status === 'cancelled') return undefined;
  return `No message is in transit, but the order is ${status}: only its deadline, if it still has one, would end it.`;
};

const completed: Wrong = (look, order) => {
  if (look.state(orders.of(order.orderId)).status !== 'completed') return undefined;
  const times = takenTimes(look, order);
  if (times !== 1) return `The order is completed, its total was taken ${times} times.`;
  if (netOf(look, order, 'revenue') !== -order.total)
    return 'The order is completed, but the revenue differs from its total.';
  const charge = look.stateAt<Charge | null>('provider', order.orderId);
  const net = (charge?.captured ?? 0) - (charge?.refunded ?? 0);
  const due = order.payment.method === 'card' ? order.total : 0;
  return net === due ? undefined : `The order is completed, the provider took ${net} of ${due}.`;
};

const cancelled: Wrong = (look, order) => {
  if (look.state(orders.of(order.orderId)).status !== 'cancelled') return undefined;
  for (const account of ['revenue', 'customer-available', 'customer-held', 'provider-receivable'] as const) {
    const net = netOf(look, order, account);
    if (net !== 0) return `The order is cancelled, but ${account} has changed by ${-net}.`;
  }
  const charge = look.stateAt<Charge | null>('provider', order.orderId);
  if (charge && (heldBy(charge) !== 0 || charge.captured !== charge.refunded)) {
    return `The order is cancelled, but the provider holds ${heldBy(charge)} and took ${charge.captured - charge.refunded}.`;
  }
  const parcel = look.stateAt<Parcel>('carrier', order.orderId);
  return parcel === 'booked' ? 'The order is cancelled, but the carrier still has its parcel.' : undefined;
};

/** The allowed status in the other services, by the status in the order service. */
const AGREED: Readonly<Record<string, Readonly<Omit<Record<keyof JointEnding, readonly string[]>, 'order'>>>> = {
  completed: { payment: ['captured'], inventory: ['committed'], shipping: ['dispatched'] },
  cancelled: {
    payment: ['failed', 'voided', 'refunded'],
    inventory: ['none', 'failed', 'released'],
    shipping: ['none', 'failed', 'cancelled'],
  },
};

const agreed: Wrong = (look, order) => {
  const ending = jointEnding(look, order);
  const may = AGREED[ending.order];
  if (!may) return undefined;
  const others = ['payment', 'inventory', 'shipping'] as const;
  const other = others.find((service) => !may[service].includes(ending[service]));
  return other && `The order is ${ending.order}, but its status in ${other} is ${ending[other]}.`;
};

const agreesWithProvider: Wrong = (look, order) => {
  const payment = look.state(paymentOf(order));
  if (payment.status === 'none' || payment.method !== 'card') return undefined;
  const charge = look.stateAt<Charge | null>('provider', order.orderId);
  const there = {
    authorized: charge?.authorized ?? 0,
    captured: charge?.captured ?? 0,
    refunded: charge?.refunded ?? 0,
  };
  const { amount } = payment;
  const wrong = (what: keyof typeof there) =>
    `The payment is ${payment.status}, but the provider has ${what} ${there[what]} of ${amount}.`;
  if (payment.status !== 'failed' && payment.status !== 'voided' && there.authorized !== amount)
    return wrong('authorized');
  if ((payment.status === 'captured' || payment.status === 'refunded') && there.captured !== amount)
    return wrong('captured');
  return payment.status === 'refunded' && there.refunded !== amount ? wrong('refunded') : undefined;
};

const agreesWithCarrier: Wrong = (look, { orderId }) => {
  const { status } = look.state(shipments.of(orderId));
  if (status !== 'created' && status !== 'dispatched') return undefined;
  const parcel = look.stateAt<Parcel>('carrier', orderId);
  return parcel === 'barred' ? `The shipment is ${status}, but the carrier never booked a parcel.` : undefined;
};
