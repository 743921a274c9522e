import { describe, expect, it } from '@jest/globals';
import type { PublishedEvent } from '../running/published-events.js';
import { cafe } from './cafe.fixture.js';
import { LiveView } from './live-view.js';

const BEGIN = Date.parse('2026-01-01T00:00:00Z');

/** The events of a saga, each caused by its predecessor. */
const saga = (id: string, ...events: readonly (readonly [step: string, event: string])[]): PublishedEvent[] =>
  events.map(([step, event], at) => ({
    ...{
      id: `${id}-${at}`,
      event,
      service: cafe.rows[step as 'order-coffee'].service,
      step,
      key: id,
      correlationId: id,
    },
    causationId: at === 0 ? undefined : `${id}-${at - 1}`,
    at: new Date(BEGIN + at).toISOString(),
    record: { topic: 'cafe', partition: 0, offset: String(at) },
  }));
const ORDERED = ['order-coffee', 'CoffeeOrdered'] as const;
const BREWED = ['brew-coffee', 'CoffeeBrewed'] as const;
const FAILED = ['brew-coffee', 'BrewingFailed'] as const;
const SERVED = ['serve-coffee', 'CoffeeServed'] as const;

function seen(...events: readonly PublishedEvent[]): LiveView {
  const view = new LiveView(cafe);
  for (const event of events) view.add(event);
  return view;
}

describe('a live view', () => {
  it('derives its table from the choreography', () => {
    expect(new LiveView(cafe).table).toMatchObject({
      system: 'cafe',
      topology: { services: ['counter', 'bar'] },
      ways: { 'brew-coffee BrewingFailed': { from: 1, to: [0], back: true } },
      rows: [
        { step: 'order-coffee', handles: ['POST /coffees'], emits: ['CoffeeOrdered'], compensates: [] },
        { step: 'brew-coffee', handles: ['CoffeeOrdered'] },
        { step: 'serve-coffee' },
        { step: 'return-order', compensates: ['order-coffee'] },
      ],
    });
  });

  it('shows the state of a saga, its events with their causes, and the awaited step', () => {
    const { sagas } = seen(...saga('one', ORDERED, FAILED)).now();
    expect(sagas).toMatchObject([
      {
        ...{ id: 'one', state: 'compensating', ended: false, awaited: ['return-order of counter'] },
        events: [
          { event: 'CoffeeOrdered', cause: 'POST /coffees', record: 'cafe/0/0', back: false },
          { event: 'BrewingFailed', cause: 'CoffeeOrdered', record: 'cafe/0/1', back: true },
        ],
      },
    ]);
  });

  it('names the ending of a saga', () => {
    const { sagas } = seen(...saga('one', ORDERED, BREWED, SERVED)).now();
    expect(sagas).toMatchObject([{ state: 'SERVED', ended: true, awaited: [] }]);
  });

  it('shows a saga whose first events are older than its topics', () => {
    const { sagas } = seen(...saga('one', ORDERED, BREWED).slice(1)).now();
    expect(sagas).toMatchObject([{ events: [{ cause: 'an earlier event' }], awaited: ['serve-coffee of counter'] }]);
  });

  it('has the saga with the latest event first', () => {
    const [begins, ends] = saga('one', ORDERED, BREWED) as [PublishedEvent, PublishedEvent];
    const { sagas } = seen(begins, ...saga('two', ORDERED), ends).now();
    expect(sagas.map(({ id }) => id)).toEqual(['one', 'two']);
  });

  it('counts and moves each event once', () => {
    const view = seen(...saga('one', ORDERED, BREWED), ...saga('two', ORDERED));
    const counts = { 'order-coffee CoffeeOrdered': 2, 'brew-coffee CoffeeBrewed': 1 };
    const moved = ['order-coffee CoffeeOrdered', 'brew-coffee CoffeeBrewed', 'order-coffee CoffeeOrdered'];
    expect(view.changed()).toMatchObject({ counts, moved });
    expect(view.changed()).toBeUndefined();
    view.add(saga('three', ORDERED)[0]!);
    expect(view.changed()).toMatchObject({ moved: ['order-coffee CoffeeOrdered'] });
  });

  it('reports once that Kafka cannot be read, and that it can be read again', () => {
    const view = seen();
    view.setProblem(null);
    expect(view.changed()!.problem).toBeNull();
    view.setProblem('no broker');
    view.setProblem('no broker');
    expect(view.changed()!.problem).toBe('no broker');
    expect(view.changed()).toBeUndefined();
  });

  it('stores a bounded number of sagas and events', () => {
    const view = new LiveView(cafe);
    for (let at = 0; at < 2_000; at++) view.add(saga(`saga-${at}`, ORDERED)[0]!);
    for (let at = 0; at < 2_000; at++) view.add({ ...saga('long', ORDERED)[0]!, id: `event-${at}` });
    const { sagas } = view.now();
    expect(sagas).toHaveLength(30);
    expect(sagas[0]).toMatchObject({ id: 'long' });
    expect(sagas[0]!.events).toHaveLength(100);
    expect(view.changed()!.moved).toHaveLength(300);
  });
});
