import { describe, expect, it } from '@jest/globals';
import { endings } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import fc from 'fast-check';
import { causalOrder } from './causal-order.js';
import { emissionRank } from './emission-rank.js';
import { exampleHistory, exampleTime } from './example-history.js';
import type { KnownEvent } from './known-event.js';

const paths = endings(checkout).map(({ path }) => path);
const names = (known: ReturnType<typeof exampleHistory>) => known.map(({ type }) => type);
const ofService = (known: readonly KnownEvent[], wanted: string) => known.filter(({ service }) => service === wanted);

/** The events of an ending, in the order of emission; then the same with any times, in any order of their topics. */
const anyReading = fc
  .constantFrom(...paths)
  .map((path) => exampleHistory(path))
  .chain((history) =>
    fc.tuple(
      fc.constant(history),
      fc
        .tuple(
          ...history.map((event) => fc.integer({ min: -60, max: 60 }).map((s) => ({ ...event, at: exampleTime(s) }))),
        )
        .chain((timed) => fc.shuffledSubarray(timed, { minLength: timed.length })),
    ),
  );

describe('the causal order', () => {
  it('is the order of causes, for any order of reading', () => {
    for (const path of paths) {
      const history = exampleHistory(path);
      expect(causalOrder(history.toReversed())).toEqual(history);
    }
  });

  it('puts an effect after its cause when the clock of its service is slow', () => {
    const [first, second, third] = exampleHistory(paths[0]!);
    const slow = { ...second!, at: exampleTime(-60) };
    expect(names(causalOrder([third!, slow, first!]))).toEqual([
      'OrderCreated',
      'PaymentAuthorized',
      'InventoryReserved',
    ]);
  });

  it("preserves the order of a service's events when its clock is set back", () => {
    const history = exampleHistory(paths[0]!).filter(({ service }) => service === 'payment');
    const setBack = history.map((event, nth) => ({ ...event, at: exampleTime(-nth) }));
    expect(names(causalOrder(setBack.toReversed()))).toEqual(names(history));
  });

  it('has every event after its cause and the earlier events of its service, for any clocks and any order of topics', () => {
    const property = fc.property(anyReading, ([history, reading]) => {
      const order = causalOrder(reading);
      const place = new Map(order.map(({ eventId }, at) => [eventId, at]));
      for (const { eventId, causationId } of order) {
        if (causationId !== null) expect(place.get(causationId)).toBeLessThan(place.get(eventId)!);
      }
      for (const service of new Set(history.map((event) => event.service))) {
        expect(names(ofService(order, service))).toEqual(names(ofService(history, service)));
      }
    });
    fc.assert(property, { numRuns: fuzzRuns(2_000) });
  });

  it('preserves the order of emission in a topic that several events share', () => {
    const [first] = exampleHistory(paths[0]!);
    const again = { ...first!, eventId: `${first!.eventId.slice(0, -1)}f`, offset: '10', at: exampleTime(-1) };
    expect(causalOrder([again, first!])).toEqual([first, again]);
    const foreign = [first!, again].map((event) => ({ ...event, type: 'OrderBlessed' }));
    expect(causalOrder(foreign.toReversed())).toEqual(foreign);
  });

  it('orders events by their time if their causes are unread', () => {
    const history = exampleHistory(paths[0]!).filter((_, nth) => nth % 2 === 0);
    expect(causalOrder(history.toReversed())).toEqual(history);
  });

  it('ends even if causes form a cycle', () => {
    const [first, second] = exampleHistory(paths[0]!);
    const circle = [{ ...first!, causationId: second!.eventId }, second!];
    expect(causalOrder(circle)).toHaveLength(2);
  });
});

describe('the rank of an emission', () => {
  it('increases with each event of a service, in every ending', () => {
    for (const path of paths) {
      const history = exampleHistory(path);
      for (const service of new Set(history.map((event) => event.service))) {
        const ranks = ofService(history, service).map((event) => emissionRank(event)!);
        expect(ranks).toEqual([...new Set(ranks)].sort((a, b) => a - b));
      }
    }
  });

  it('is highest for follow-ups, and undefined for an emission that is not in the table', () => {
    const committed = { service: 'inventory', step: 'commit-inventory', type: 'InventoryCommitted' };
    const reserved = { service: 'inventory', step: 'reserve-inventory', type: 'InventoryReserved' };
    expect(emissionRank(committed)).toBeGreaterThan(emissionRank(reserved)!);
    expect(emissionRank({ ...reserved, type: 'InventoryCommitted' })).toBeUndefined();
    expect(emissionRank({ ...reserved, service: 'payment' })).toBeUndefined();
  });
});
