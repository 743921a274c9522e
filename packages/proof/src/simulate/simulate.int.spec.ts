import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { nothing, type Part, type Step } from '@quadrille/choreography';
import { checkoutParts } from '../checkout/steps.js';
import { MemoryBroker } from './memory-broker.js';
import { MemoryDatabase } from './memory-database.js';
import { type Simulated, simulate } from './simulate.js';

const ORDERS = 60;
const SEEDS = [1, 2, 3, 4];

afterEach(() => {
  jest.restoreAllMocks();
});

const withStep = (name: string, change: (step: Step) => Step): Part[] =>
  checkoutParts.map(({ service, steps }) => ({
    service,
    steps: steps.map((step) => (step.name === name ? change(step) : step)),
  }));

/** The first seed that shows something broken. */
async function firstBroken(parts?: readonly Part[], orders = ORDERS): Promise<Simulated | undefined> {
  for (const seed of SEEDS) {
    const simulated = await simulate(seed, orders, parts);
    if (simulated.violations.length > 0) return simulated;
  }
  return undefined;
}

describe('the simulated system', () => {
  it('keeps every promise, whatever the seed breaks', async () => {
    expect((await firstBroken())?.violations).toBeUndefined();
  });

  it('meets the situations it is made for', async () => {
    const { sometimes } = await simulate(2, 200);
    for (const what of ['set aside', 'rebalance', 'repetition dropped', 'outside away', 'customer asks again']) {
      expect({ what, times: sometimes[what] ?? 0 }).toEqual({ what, times: expect.any(Number) });
      expect(sometimes[what]).toBeGreaterThan(0);
    }
    expect(Object.keys(sometimes).some((what) => what.startsWith('died'))).toBe(true);
  });
});

describe('what is broken shows in the simulation', () => {
  it('when a service leaves no tombstone', async () => {
    const silent = withStep('cancel-shipment', (step) => ({
      ...step,
      decide: (states, heard, answer) =>
        states.shipment.status === 'none' ? nothing : step.decide(states, heard, answer),
    }));
    expect((await firstBroken(silent))?.violations[0]?.promise).toBe('1. every order ends');
  });

  it('when a card is never given back', async () => {
    const keeps = withStep('return-payment', (step) => ({ ...step, ask: async () => undefined }));
    const promises = (await firstBroken(keeps))?.violations.map(({ promise }) => promise);
    expect(['3. what is cancelled is undone', '7. we and the provider agree']).toContain(promises?.[0]);
  });

  it('when the broker loses records', async () => {
    const send = MemoryBroker.prototype.send;
    let sent = 0;
    jest.spyOn(MemoryBroker.prototype, 'send').mockImplementation(function (this: MemoryBroker, ...record) {
      if (++sent % 20 > 0) send.apply(this, record);
    });
    const promises = (await firstBroken())?.violations.map(({ promise }) => promise);
    expect(promises).toContain('6. what was committed is sent, and nothing else');
  });

  it('when a relay sends what was not committed', async () => {
    jest.spyOn(MemoryDatabase.prototype, 'committedOutbox').mockImplementation(function (this: MemoryDatabase) {
      return this.tables.outbox;
    });
    expect((await firstBroken(checkoutParts, 600))?.violations[0]?.promise).toMatch(/^6\.|once/);
  });

  it('when offsets are committed although the database did not', async () => {
    const fetch = MemoryBroker.prototype.fetch;
    jest.spyOn(MemoryBroker.prototype, 'fetch').mockImplementation(function (this: MemoryBroker, ...place) {
      const records = fetch.apply(this, place);
      this.commit(place[0], place[1], records);
      return records;
    });
    expect((await firstBroken())?.violations[0]?.promise).toBe('1. every order ends');
  });
});
