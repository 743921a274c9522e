import type { Authorization, Capture, PaymentProvider } from '@quadrille/payment/gateways/payment-provider';
import { authorize, type Charge, capture, reverse } from '@quadrille/payment-provider/charges/charge';
import { DEFAULT_TOKEN } from '@quadrille/payment-provider/charges/tokens';
import type { GatewayParty } from '@quadrille/proof/explore/system';

/** The payment provider with the logic of its process: one charge per reference, null before the first request. */
export const provider: GatewayParty<Charge | null> = {
  service: 'payment',
  name: 'provider',
  remembers: true,
  initial: () => null,
  open(state) {
    const book = new PageOfTheBook(state);
    return { ports: { provider: book }, state: () => book.charge, wasCalled: () => book.wasCalled };
  },
};

/** One charge of the provider, with the answers of its HTTP interface. */
class PageOfTheBook implements PaymentProvider {
  wasCalled = false;

  constructor(public charge: Charge | null) {}

  async authorize(reference: string, amount: number, currency: string, token = DEFAULT_TOKEN): Promise<Authorization> {
    const charge = this.store(
      authorize(this.charge ?? undefined, { reference, amount, currency, token }, `auth_${reference}`),
    );
    if (charge.status === 'declined') return { answer: 'declined', reason: charge.reason! };
    if (charge.status === 'reversed') return { answer: 'reversed' };
    return { answer: 'authorized', authorization: charge.authorization! };
  }

  async capture(): Promise<Capture> {
    this.wasCalled = true;
    if (!this.charge) return { answer: 'declined', reason: 'unknown-reference' };
    const { status, reason } = this.store(capture(this.charge));
    if (status === 'captured' || status === 'reversed') return { answer: status };
    return { answer: 'declined', reason: reason! };
  }

  async reverse(reference: string): Promise<void> {
    this.store(reverse(this.charge ?? undefined, reference));
  }

  private store(charge: Charge): Charge {
    this.wasCalled = true;
    this.charge = charge;
    return charge;
  }
}
