import { describe, expect, it } from '@jest/globals';
import { ignore } from '@quadrille/choreography';
import { type ExploredScenario, exploreCheckout } from './explore-checkout.js';
import { type Circumstances, circumstancesOfOne } from './scenarios.js';
import { checkoutParts } from './steps.js';

const ASSUMPTIONS = { unknownToInbox: 0, repeatedCalls: true };
const byCard: Circumstances = {
  payment: { method: 'card', token: 'tok_visa' },
  funds: 0,
  stock: 1,
  country: 'GB',
  carrier: 'foreign',
};
const byAccount: Circumstances = { ...byCard, payment: { method: 'account' }, funds: 1, carrier: 'house' };

const silence = (): typeof ignore => ignore;

const words = ({ endings }: ExploredScenario) =>
  endings.map((ending) => ending.map((one) => Object.values(one).join(' ')).join(' + ')).sort();

describe('one order', () => {
  it('fulfils every promise in all executions', async () => {
    const all: ExploredScenario[] = [];
    for (const circumstances of circumstancesOfOne()) all.push(await exploreCheckout(1, circumstances, ASSUMPTIONS));
    expect(all.filter(({ violation }) => violation)).toEqual([]);
    expect(all.every(({ longest }) => longest !== undefined)).toBe(true);
    expect([...new Set(all.flatMap(words))].sort()).toEqual([
      'cancelled failed none none',
      'cancelled failed released cancelled',
      'cancelled refunded released cancelled',
      'cancelled voided failed cancelled',
      'cancelled voided failed none',
      'cancelled voided released cancelled',
      'cancelled voided released failed',
      'completed captured committed dispatched',
    ]);
  });

  it('fulfils them if one event takes effect twice, or the deadline fires late', async () => {
    for (const circumstances of [byCard, byAccount]) {
      const once = await exploreCheckout(1, circumstances, ASSUMPTIONS);
      const twice = await exploreCheckout(1, circumstances, { ...ASSUMPTIONS, unknownToInbox: 1 });
      expect(twice.violation).toBeUndefined();
      expect(words(twice)).toEqual(words(once));
      expect(twice.states).toBeGreaterThanOrEqual(2 * once.states);
    }
  });

  it('is explored in the same way each time', async () => {
    expect(await exploreCheckout(1, byCard, ASSUMPTIONS)).toEqual(await exploreCheckout(1, byCard, ASSUMPTIONS));
  });

  it('reports the shortest story of a broken promise', async () => {
    const parts = checkoutParts.map(({ service, steps }) => ({
      service,
      steps: steps.map((step) => (step.name === 'reserve-inventory' ? { ...step, decide: silence } : step)),
    }));
    const { violation } = await exploreCheckout(1, byAccount, ASSUMPTIONS, { parts });
    expect(violation).toEqual({
      promise: '1. every order ends',
      explanation:
        'No message is in transit, but the order is placed: only its deadline, if it still has one, would end it.',
      story: [
        '1. The customer sends place-order to order: emits OrderCreated. [orders 0001: status none → placed]',
        '2. payment handles OrderCreated, authorize-payment: emits PaymentAuthorized. ' +
          '[accounts 00ad: available 3400 → 0, held 0 → 3400; payments 0001: status none → authorized, method account, ' +
          'amount 3400, currency GBP, customerId 01980000-0000-7000-8000-0000000000ad]',
        '3. inventory handles PaymentAuthorized, reserve-inventory: emits nothing.',
      ],
    });
  });
});

describe('two orders of one customer and one SKU', () => {
  it('share one piece and the money for one: at most one is completed in all executions', async () => {
    const seen = await exploreCheckout(2, byAccount, ASSUMPTIONS);
    expect(seen.violation).toBeUndefined();
    expect(seen.longest).toBeGreaterThan(0);
    const completed = words(seen).map((ending) => ending.split('completed').length - 1);
    expect(new Set(completed)).toEqual(new Set([0, 1]));
  });

  it('are explored up to the bound, which is reported', async () => {
    const seen = await exploreCheckout(2, byCard, ASSUMPTIONS, { bound: 1_000 });
    expect(seen.longest).toBeUndefined();
    expect(seen.seenUpTo).toBeGreaterThan(3);
    expect(seen.violation).toBeUndefined();
  });
});
