import { describe, expect, it } from '@jest/globals';
import { type DomainEvent, ignore, type ServiceSteps, type Step } from '@quadrille/choreography';
import { checkout, PaymentCaptured } from '@quadrille/contracts';
import { endingsOf, promisesOf, type SagaEnding } from '@quadrille/proof/choreography/promises';
import { type Explored, explore } from '@quadrille/proof/explore/explore';
import { type Circumstances, circumstancesOfOne, scenario } from './checkout/scenarios.js';
import { checkoutParts } from './checkout/steps.js';

const KNOWING = { unknownToInbox: 0, repeatedAsks: true };
const byCard: Circumstances = {
  payment: { method: 'card', token: 'tok_visa' },
  funds: 0,
  stock: 1,
  country: 'GB',
  carrier: 'house',
};

/** The shop, judged by nothing but its table. */
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

describe('what follows from any table', () => {
  it('holds for the shop in everything that can happen to an order', async () => {
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
    ['a step that never answers', 'reserve-inventory', 'every saga ends, in one way', 'has not ended after'],
    ['an undo that never happens', 'release-inventory', 'every saga ends, in one way', 'has not ended after'],
  ])('finds %s', async (_, name, promise, explanation) => {
    const { violation } = await exploreShop(byCard, withStep(name, silent));
    expect(violation).toMatchObject({ promise, explanation: expect.stringContaining(explanation) });
  });

  it('finds a step that works again after it was undone', async () => {
    const again = (step: Step) => ({
      decide: (states: any, heard: any, answer: any) => {
        const decided = step.decide(states, heard, answer);
        return decided === ignore ? (PaymentCaptured(heard) as DomainEvent) : decided;
      },
    });
    const { violation } = await exploreShop(byCard, withStep('capture-payment', again));
    expect(violation).toBeDefined();
  });
});
