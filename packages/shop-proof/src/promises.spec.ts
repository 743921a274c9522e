import { describe, expect, it } from '@jest/globals';
import { type DomainEvent, ignore, type ServiceSteps, type Step } from '@quadrille/choreography';
import { checkout, PaymentCaptured } from '@quadrille/contracts';
import { endingsOf, promisesOf, type SagaEnding } from '@quadrille/proof/choreography/promises';
import { type Explored, explore } from '@quadrille/proof/explore/explore';
import { type Circumstances, circumstancesOfOne, scenario } from './checkout/scenarios.js';
import { checkoutParts } from './checkout/steps.js';

const KNOWING = { unknownToInbox: 0, repeatedCalls: true };
const byCard: Circumstances = {
  payment: { method: 'card', token: 'tok_visa' },
  funds: 0,
  stock: 1,
  country: 'GB',
  carrier: 'house',
};

/** Explores the shop with the promises that follow from its table. */
function exploreShop(circumstances: Circumstances, parts = checkoutParts): Promise<Explored<readonly SagaEnding[]>> {
  const { system } = scenario(1, circumstances, KNOWING, parts);
  return explore(system, {
    promises: promisesOf(checkout, system.keys),
    ending: (look) => endingsOf(checkout, system.keys, look),
  });
}

const withStep = (name: string, change: (step: Step) => Partial<Step>): ServiceSteps[] =>
  checkoutParts.map(({ service, steps }) => ({
    service,
    steps: steps.map((step) => (step.name === name ? { ...step, ...change(step) } : step)),
  }));

const silent = () => ({ decide: (): typeof ignore => ignore });

describe('the promises of any table', () => {
  it('hold for the shop in all executions of an order', async () => {
    const outcomes = new Set<string>();
    for (const circumstances of circumstancesOfOne()) {
      const { violation, longest, endings } = await exploreShop(circumstances);
      expect(violation).toBeUndefined();
      expect(longest).toBeGreaterThan(0);
      for (const { outcome } of endings.flat()) outcomes.add(outcome);
    }
    expect([...outcomes].sort()).toEqual(Object.keys(checkout.endings).sort());
  });

  it.each([
    ['a step that never emits an event', 'reserve-inventory', 'every saga ends, in one way', 'has not ended after'],
    ['a compensation that never happens', 'release-inventory', 'every saga ends, in one way', 'has not ended after'],
  ])('reveal %s', async (_, name, promise, explanation) => {
    const { violation } = await exploreShop(byCard, withStep(name, silent));
    expect(violation).toMatchObject({ promise, explanation: expect.stringContaining(explanation) });
  });

  it('reveal a step that acts again after its compensation', async () => {
    const again = (step: Step) => ({
      decide: (states: any, input: any, answer: any) => {
        const decided = step.decide(states, input, answer);
        return decided === ignore ? (PaymentCaptured(input) as DomainEvent) : decided;
      },
    });
    const { violation } = await exploreShop(byCard, withStep('capture-payment', again));
    expect(violation).toBeDefined();
  });
});
