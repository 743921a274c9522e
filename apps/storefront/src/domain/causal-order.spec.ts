import { describe, expect, it } from '@jest/globals';
import { endings } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { causalOrder } from './causal-order.js';
import { exampleHistory, exampleTime } from './example-history.js';

const paths = endings(checkout).map(({ path }) => path);
const names = (known: ReturnType<typeof exampleHistory>) => known.map(({ type }) => type);

describe('the causal order', () => {
  it('is how the events came about, in whatever order they are read', () => {
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

  it('keeps the order in which a service spoke when its clock is set back', () => {
    const history = exampleHistory(paths[0]!).filter(({ service }) => service === 'payment');
    const setBack = history.map((event, nth) => ({ ...event, at: exampleTime(-nth) }));
    expect(names(causalOrder(setBack.toReversed()))).toEqual(names(history));
  });

  it('tells events whose causes are unread by their time', () => {
    const history = exampleHistory(paths[0]!).filter((_, nth) => nth % 2 === 0);
    expect(causalOrder(history.toReversed())).toEqual(history);
  });

  it('ends also where causes go in a circle', () => {
    const [first, second] = exampleHistory(paths[0]!);
    const circle = [{ ...first!, causationId: second!.eventId }, second!];
    expect(causalOrder(circle)).toHaveLength(2);
  });
});
