import { describe, expect, it } from '@jest/globals';
import { deadline, eventsOf, topicPerEvent } from '@quadrille/choreography';
import { BrewingFailed, CoffeeBrewed, CoffeeOrdered, cafe } from './cafe.fixture.js';
import { lineName } from './line-name.js';
import { GUTTER, pathsOf, pointAt, topologyGeometry } from './page/geometry.js';
import { pictureOf } from './picture.js';

const picture = pictureOf(cafe);
const COLUMN = 200;
const geometry = topologyGeometry(picture, GUTTER + picture.services.length * COLUMN);

describe('the topology of a choreography', () => {
  it('has a column per service, and a line per publishing service with its topics and their readers', () => {
    expect(picture.services).toEqual(['counter', 'bar']);
    expect(picture.lines).toEqual([
      { name: 'cafe.counter.v1', topics: ['cafe.counter.v1'], from: 0, to: [1] },
      { name: 'cafe.bar.v1', topics: ['cafe.bar.v1'], from: 1, to: [0] },
    ]);
  });

  it('has the same lines if each event has a topic of its own', () => {
    const { lines } = pictureOf({ ...cafe, topics: { events: topicPerEvent(eventsOf(cafe.rows)) } });
    expect(lines).toEqual([
      {
        ...{ name: '3 topics of counter', from: 0, to: [1] },
        topics: ['cafe.coffee.ordered', 'cafe.coffee.served', 'cafe.order.returned'],
      },
      { name: '2 topics of bar', topics: ['cafe.coffee.brewed', 'cafe.brewing.failed'], from: 1, to: [0] },
    ]);
  });

  it('has one line for a service whose events share a topic, except for some', () => {
    const { lines } = pictureOf({ ...cafe, topics: { events: { BrewingFailed: 'cafe.bar.failures' } } });
    expect(lines[1]).toEqual({ name: 'cafe.bar.*', topics: ['cafe.bar.v1', 'cafe.bar.failures'], from: 1, to: [0] });
  });

  it('leads an event that only extends a deadline to the service of that deadline', () => {
    const extended = { startedBy: CoffeeOrdered, extendedBy: [CoffeeBrewed], stoppedBy: [] };
    const close = { service: 'till', handles: deadline('closing time', extended), emits: [] };
    const picture = pictureOf({
      ...cafe,
      rows: { ...cafe.rows, close },
      topics: { events: topicPerEvent(eventsOf(cafe.rows)) },
    });
    expect(picture.lines.map(({ to }) => to)).toEqual([[1], [0, 2]]);
    expect(picture.wayOf('brew-coffee', 'CoffeeBrewed')!.to).toEqual([0, 2]);
    expect(picture.wayOf('brew-coffee', BrewingFailed.name)!.to).toEqual([0]);
  });

  it('leads an event from its emitting service to all consuming services', () => {
    expect(picture.wayOf('order-coffee', 'CoffeeOrdered')).toEqual({ line: 0, from: 0, to: [1], back: false });
    expect(picture.wayOf('brew-coffee', 'CoffeeBrewed')).toEqual({ line: 1, from: 1, to: [0], back: false });
  });

  it('has no reader for a final event', () => {
    expect(picture.wayOf('serve-coffee', 'CoffeeServed')!.to).toEqual([]);
  });

  it('distinguishes failures and compensation from forward events', () => {
    expect(picture.wayOf('brew-coffee', 'BrewingFailed')!.back).toBe(true);
    expect(picture.wayOf('return-order', 'OrderReturned')!.back).toBe(true);
  });

  it('has only events of the table', () => {
    expect(picture.wayOf('order-coffee', 'CoffeeServed')).toBeUndefined();
  });
});

describe('the name of a line', () => {
  it.each([
    ['its topic', ['shop.order.v1'], 'shop.order.v1'],
    ['the common prefix of its topics', ['shop.order.created', 'shop.order.cancelled'], 'shop.order.*'],
    ['whole parts of that prefix', ['shop.order.order-created', 'shop.order.order-cancelled'], 'shop.order.*'],
    ['its words if no whole part is common', ['orders-created', 'orders-cancelled'], 'orders-*'],
    ['its words if another service has the same parts', ['shop.order-created', 'shop.order-ended'], 'shop.order-*'],
    ['their number if they have nothing in common', ['shop.order.v1', 'legacy'], '2 topics of order'],
    ['their number if another service has the same prefix', ['shop.created', 'shop.cancelled'], '2 topics of order'],
  ])('is %s', (_, own, expected) => {
    expect(lineName('order', own, [...own, 'shop.payment.v1'])).toBe(expected);
  });
});

describe('the topology map', () => {
  it('has a column of equal width per service, right of the names', () => {
    expect(geometry.consumesX[0]).toBeCloseTo(GUTTER + 68);
    expect(geometry.consumesX[1]! - geometry.consumesX[0]!).toBeCloseTo(COLUMN);
    expect(geometry.emitsX.every((x, at) => x > geometry.consumesX[at]!)).toBe(true);
  });

  it('leads an event down, along its line, and up to each consumer', () => {
    const [path, ...others] = pathsOf(picture.wayOf('brew-coffee', 'CoffeeBrewed')!, geometry);
    expect(others).toEqual([]);
    expect(path!.map(({ y }) => y)).toEqual([0, geometry.lineY[1], geometry.lineY[1], 0]);
    expect([path![0]!.x, path![3]!.x]).toEqual([geometry.emitsX[1], geometry.consumesX[0]]);
  });

  it('ends an event without a consumer on its line', () => {
    const [path] = pathsOf(picture.wayOf('serve-coffee', 'CoffeeServed')!, geometry);
    expect(path).toHaveLength(3);
    expect(path!.at(-1)!.y).toBe(geometry.lineY[0]);
  });
});

describe('a point on a path', () => {
  const path = [
    { x: 0, y: 0 },
    { x: 0, y: 10 },
    { x: 30, y: 10 },
  ];
  it.each([
    [0, { x: 0, y: 0 }],
    [0.25, { x: 0, y: 10 }],
    [0.5, { x: 10, y: 10 }],
    [1, { x: 30, y: 10 }],
    [2, { x: 30, y: 10 }],
  ])('at %d of its length is at that distance', (share, expected) => {
    expect(pointAt(path, share)).toEqual(expected);
  });
});
