import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { type Emission, type Ending, endings, type Rows } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { exampleHistory, exampleTime } from './example-history.js';
import type { KnownEvent } from './known-event.js';
import { SAGA_STATES, type SagaFacts, sagaOf } from './saga.js';

const all = endings(checkout);
const rows: Rows = checkout.rows;
const completed = ending('COMPLETED').path;

function ending(name: string): Ending {
  const found = all.find((each) => each.name === name);
  if (!found) throw new Error(`There is no ending ${name}.`);
  return found;
}

/** Orders of reading with a different result. */
const isOther = (expected: SagaFacts) => (read: readonly KnownEvent[]) => !isDeepStrictEqual(sagaOf(read), expected);
const facts = (path: readonly Emission[]) => sagaOf(exampleHistory(path));
const awaitedSteps = (known: readonly KnownEvent[]) => sagaOf(known).awaited.map(({ step }) => step);
const until = (name: string, path = completed) => path.slice(0, path.findIndex(({ event }) => event.name === name) + 1);

describe('the state of a saga', () => {
  it('is running, compensating, or one of the endings of the table', () => {
    expect(SAGA_STATES).toEqual(['running', 'compensating', ...Object.keys(checkout.endings)]);
  });

  it.each(all.map((each) => [each.name, each] as const))('%s: it awaits the next step until it ends', (_, each) => {
    const end = each.path.findIndex(({ event }) => Object.values(checkout.endings).includes(event as never));
    each.path.forEach((next, nth) => {
      if (nth === 0) return;
      const { state, awaited } = facts(each.path.slice(0, nth));
      if (nth > end) {
        expect({ state, awaited }).toEqual({ state: each.outcome, awaited: [] });
      } else if (rows[next.step]?.role !== 'interrupt') {
        expect(awaited.map(({ step }) => step)).toContain(next.step);
      }
    });
  });

  it.each(all.map((each) => [each.name, each] as const))('%s: it awaits no step that has emitted', (_, { path }) => {
    for (let nth = 1; nth <= path.length; nth++) {
      const emitted = path.slice(0, nth).map(({ step }) => step);
      expect(awaitedSteps(exampleHistory(path.slice(0, nth))).filter((step) => emitted.includes(step))).toEqual([]);
    }
  });

  it.each(all.map((each) => [each.name, each] as const))('%s: it is the same for any order of reading', (_, each) => {
    const history = exampleHistory(each.path);
    const expected = sagaOf(history);
    expect(expected.state).toBe(each.outcome);
    expect(shuffles(history, 60).filter(isOther(expected))).toEqual([]);
  });

  it('is the same for any order of reading of any part of the events', () => {
    for (const { path } of all) {
      const history = exampleHistory(path);
      for (const part of subsets(history, 20)) {
        const expected = sagaOf(part);
        expect(shuffles(part, 6).filter(isOther(expected))).toEqual([]);
      }
    }
  });
});

describe('a running saga', () => {
  it('awaits one step of one service, since the event that the step handles', () => {
    expect(facts(until('InventoryReserved'))).toEqual({
      state: 'running',
      awaited: [{ step: 'create-shipment', service: 'shipping', since: exampleTime(2) }],
      afterwards: [],
      startedAt: exampleTime(0),
      endedAt: null,
      lastEvent: 'InventoryReserved',
    });
  });

  it('awaits the most advanced step while earlier events are unread', () => {
    const late = exampleHistory(until('ShipmentCreated')).filter(({ type }) =>
      /OrderCreated|ShipmentCreated/.test(type),
    );
    expect(awaitedSteps(late)).toEqual(['capture-payment']);
  });

  it('started with its earliest known event while its first one is unread', () => {
    const [, second] = exampleHistory(until('PaymentAuthorized'));
    expect(sagaOf([second!]).startedAt).toBe(exampleTime(1));
  });
});

describe('a compensating saga', () => {
  const interrupted = ending('request-cancellation after InventoryReserved').path;

  it('awaits no forward step: it may find a tombstone and emit nothing', () => {
    const known = exampleHistory(until('OrderCancellationRequested', interrupted));
    expect(sagaOf(known).state).toBe('compensating');
    expect(awaitedSteps(known)).toEqual(['cancel-shipment']);
  });

  it('awaits no step twice if a failure and an interrupt require the same compensation', () => {
    const path = ending('PaymentCaptureFailed, request-cancellation after PaymentCaptureFailed').path;
    expect(awaitedSteps(exampleHistory(until('OrderCancellationRequested', path)))).toEqual(['cancel-shipment']);
  });

  it('awaits the step closest to the ending first while two chains compensate at once', () => {
    const path = ending('InventoryReservationFailed, request-cancellation after InventoryReservationFailed').path;
    expect(awaitedSteps(exampleHistory(until('OrderCancellationRequested', path)))).toEqual([
      'return-payment',
      'cancel-shipment',
    ]);
  });

  it('awaits no compensation of a failed step', () => {
    const path = ending('ShipmentFailed, give-up after ShipmentFailed').path;
    expect(awaitedSteps(exampleHistory(until('OrderCancellationRequested', path)))).toEqual(['release-inventory']);
  });

  it('has ended when all is compensated, and awaits nothing', () => {
    expect(facts(interrupted)).toMatchObject({
      state: 'CANCELLED',
      awaited: [],
      endedAt: exampleTime(interrupted.length - 1),
      lastEvent: 'OrderCancelled',
    });
  });
});

describe('a completed saga', () => {
  it('lists the follow-up steps until they have emitted', () => {
    const since = exampleTime(completed.length - 1);
    const emitting = Object.entries(rows).filter(([, { role, emits }]) => role === 'follow-up' && emits.length > 0);
    expect(emitting.map(([step]) => step)).toEqual(expect.arrayContaining(['commit-inventory', 'dispatch-shipment']));
    expect(facts(completed).afterwards).toEqual(emitting.map(([step, { service }]) => ({ step, service, since })));
    const committed = { step: 'commit-inventory', event: checkout.rows['commit-inventory'].emits[0] };
    const { afterwards, state } = facts([...completed, committed]);
    expect(state).toBe('COMPLETED');
    expect(afterwards.map(({ step }) => step)).toEqual(
      emitting.map(([step]) => step).filter((step) => step !== 'commit-inventory'),
    );
  });
});

/** The same numbers in every run, so that a failure is reproducible. */
function* random(): Generator<number> {
  for (let seed = 42; ; seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) yield seed / 2 ** 31;
}
const numbers = random();
const chance = () => numbers.next().value as number;

function shuffles<T>(items: readonly T[], count: number): T[][] {
  return Array.from({ length: count }, () =>
    items
      .map((item) => ({ item, by: chance() }))
      .sort((a, b) => a.by - b.by)
      .map(({ item }) => item),
  );
}

const subsets = <T>(items: readonly T[], count: number): T[][] =>
  Array.from({ length: count }, () => items.filter(() => chance() < 0.6)).filter((part) => part.length > 0);
