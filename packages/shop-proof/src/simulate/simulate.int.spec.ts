import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ignore, type ServiceSteps, type Step } from '@quadrille/choreography';
import { CRASH_POINTS } from '@quadrille/crash-points';
import { MemoryBroker } from '@quadrille/proof/simulate/memory-broker';
import { MemoryDatabase } from '@quadrille/proof/simulate/memory-database';
import { FAULT_KINDS, planOf, restricted } from '@quadrille/proof/simulate/plan';
import { commandOf } from '@quadrille/proof/simulate/shrink';
import type { Simulated } from '@quadrille/proof/simulate/simulate';
import { checkoutParts } from '../checkout/steps.js';
import { shrink, simulate, simulatePlan } from './simulate.js';

const ORDERS = 60;
/** Any change of the runner gives each seed another history: with this number, at least one shows each situation. */
const SEEDS = Array.from({ length: 24 }, (_, at) => at + 1);
/** For promises that must hold for every seed. */
const SOUND_SEEDS = SEEDS.slice(0, 4);

afterEach(() => {
  jest.restoreAllMocks();
});

const withStep = (name: string, change: (step: Step) => Step): ServiceSteps[] =>
  checkoutParts.map(({ service, steps }) => ({
    service,
    steps: steps.map((step) => (step.name === name ? change(step) : step)),
  }));

/** Returns the result of the first seed that breaks a promise. */
async function firstBroken(
  parts?: readonly ServiceSteps[],
  orders = ORDERS,
  seeds = SEEDS,
): Promise<Simulated | undefined> {
  for (const seed of seeds) {
    const simulated = await simulate(seed, orders, parts);
    if (simulated.violations.length > 0) return simulated;
  }
  return undefined;
}

describe('the simulated system', () => {
  it('fulfils every promise under the faults of any seed', async () => {
    expect((await firstBroken(checkoutParts, ORDERS, SOUND_SEEDS))?.violations).toBeUndefined();
  });

  it('lets others continue while another session locks rows that many keys need', async () => {
    for (const seed of SEEDS.filter((each) => planOf(each, ORDERS).isNarrow)) {
      const plan = planOf(seed, ORDERS);
      const faults = plan.faults
        .filter((_, at) => at % 4 === 0)
        .map((fault) => ({ ...fault, kind: 'row held' as const }));
      expect((await simulatePlan({ ...plan, faults, faultNumbers: faults.map((_, at) => at) })).violations).toEqual([]);
    }
  });

  it('has the same history for the same seed, to the last event', async () => {
    const [one, two] = [await simulate(3, ORDERS), await simulate(3, ORDERS)];
    expect(two.fingerprint).toBe(one.fingerprint);
    expect((await simulate(4, ORDERS)).fingerprint).not.toBe(one.fingerprint);
  });

  it('reaches every kind of fault, crash point and situation', async () => {
    const met = new Set<string>();
    for (const seed of SEEDS) {
      const { sometimes, passages } = await simulate(seed, ORDERS);
      for (const what of Object.keys(sometimes)) met.add(what);
      for (const point of Object.keys(passages)) met.add(`passed ${point}`);
    }
    const faults = Object.keys(FAULT_KINDS).filter(
      (kind) => !['crash', 'kill', 'answer lost', 'gateway slow'].includes(kind),
    );
    const points = Object.keys(CRASH_POINTS);
    const wanted = [
      ...faults,
      ...points.map((point) => `passed ${point}`),
      ...points.map((point) => `died at ${point}`),
      'died by SIGKILL',
      'gateway answer lost',
      'gateway dawdled',
      'set aside',
      'repetition dropped',
      'sent twice',
      'late commit refused',
      'customer request repeated',
      'deadline passed',
      'parked for good',
    ];
    expect(wanted.filter((what) => !met.has(what))).toEqual([]);
  }, 240_000);
});

describe('a broken run', () => {
  const greedy = withStep('return-payment', (step) => ({ ...step, call: async () => undefined }));

  it('is shrunk to the few orders and faults that break it, and the printed command repeats it', async () => {
    const broken = (await firstBroken(greedy, 20))!;
    const { plan, simulated } = await shrink(planOf(broken.seed, 20), greedy, 150_000);
    // Card payments are never reversed: one cancelled order by card is sufficient, with hardly any fault.
    expect(plan.orders.length).toBeLessThanOrEqual(3);
    expect(plan.faults.length).toBeLessThanOrEqual(3);

    const [, seed, orders, onlyOrders, onlyFaults] =
      /^npx quadrille simulate --seed (\d+) --orders (\d+) --only-orders ([\d,]+) --only-faults ([\d,]+|none)$/.exec(
        commandOf(plan, 'orders'),
      )!;
    const faults = onlyFaults === 'none' ? [] : onlyFaults!.split(',').map(Number);
    const typed = restricted(planOf(Number(seed), Number(orders)), onlyOrders!.split(',').map(Number), faults);
    expect((await simulatePlan(typed, greedy)).fingerprint).toBe(simulated.fingerprint);
  }, 240_000);
});

describe('the simulation finds a bug', () => {
  it('if a service leaves no tombstone', async () => {
    const silent = withStep('cancel-shipment', (step) => ({
      ...step,
      decide: (states, input, answer) =>
        states.shipment.status === 'none' ? ignore : step.decide(states, input, answer),
    }));
    expect((await firstBroken(silent))?.violations[0]?.promise).toBe('1. every order ends');
  });

  it('if a card payment is never reversed', async () => {
    const mutant = withStep('return-payment', (step) => ({ ...step, call: async () => undefined }));
    const promises = (await firstBroken(mutant))?.violations.map(({ promise }) => promise);
    expect(['3. a cancelled order is compensated', '7. we and the provider agree']).toContain(promises?.[0]);
  });

  it('if the broker loses records', async () => {
    const put = MemoryBroker.prototype.put;
    let sent = 0;
    jest.spyOn(MemoryBroker.prototype, 'put').mockImplementation(function (this: MemoryBroker, ...record) {
      if (++sent % 20 > 0) put.apply(this, record);
    });
    const promises = (await firstBroken())?.violations.map(({ promise }) => promise);
    expect(promises).toContain('committed events are sent, and no others');
  });

  it('if a relay sends uncommitted events', async () => {
    jest.spyOn(MemoryDatabase.prototype, 'committedOutbox').mockImplementation(function (this: MemoryDatabase) {
      return this.tables.outbox;
    });
    // It shows only if the transaction is then rolled back, within milliseconds: so rollbacks must be frequent.
    const { goesWrong } = MemoryDatabase.prototype;
    let commits = 0;
    jest.spyOn(MemoryDatabase.prototype, 'goesWrong').mockImplementation(function (this: MemoryDatabase, what) {
      return goesWrong.call(this, what) || (what === 'conflict' && ++commits % 10 === 0);
    });
    expect((await firstBroken())?.violations[0]?.promise).toMatch(/committed|once/);
  });

  it('if offsets are committed without the database', async () => {
    const fetch = MemoryBroker.prototype.fetch;
    jest.spyOn(MemoryBroker.prototype, 'fetch').mockImplementation(function (this: MemoryBroker, ...place) {
      const records = fetch.apply(this, place);
      this.commit(place[0], place[1], records);
      return records;
    });
    expect((await firstBroken())?.violations[0]?.promise).toBe('1. every order ends');
  });
});
