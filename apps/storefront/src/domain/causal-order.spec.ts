import { describe, expect, it } from '@jest/globals';
import { endings } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { causalOrder } from './causal-order.js';
import { exampleHistory, exampleTime } from './example-history.js';

const paths = endings(checkout).map(({ path }) => path);
const names = (known: ReturnType<typeof exampleHistory>) => known.map(({ type }) => type);

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
