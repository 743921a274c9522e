import { describe, expect, it } from '@jest/globals';
import { checkout } from '@quadrille/contracts';
import { pictureOf } from './picture.js';
import { GUTTER, pathsOf, pointAt, staffGeometry } from './staff-geometry.js';

const picture = pictureOf(checkout);
const COLUMN = 200;
const geometry = staffGeometry(picture, GUTTER + picture.services.length * COLUMN);

describe('the topology map', () => {
  it('has a column of equal width per service, right of the names', () => {
    expect(geometry.hearsX[0]).toBeCloseTo(GUTTER + 68);
    expect(geometry.hearsX[1]! - geometry.hearsX[0]!).toBeCloseTo(COLUMN);
    expect(geometry.saysX.every((x, at) => x > geometry.hearsX[at]!)).toBe(true);
  });

  it('leads an event down, along its line, and up to each consumer', () => {
    const way = picture.wayOf('authorize-payment', 'PaymentAuthorized')!;
    const [path, ...others] = pathsOf(way, geometry);
    expect(others).toEqual([]);
    expect(path!.map(({ y }) => y)).toEqual([0, geometry.lineY[1], geometry.lineY[1], 0]);
    expect([path![0]!.x, path![3]!.x]).toEqual([geometry.saysX[1], geometry.hearsX[2]]);
  });

  it('ends an event without a consumer on its line', () => {
    const [path] = pathsOf(picture.wayOf('dispatch-shipment', 'ShipmentDispatched')!, geometry);
    expect(path).toHaveLength(3);
    expect(path!.at(-1)!.y).toBe(geometry.lineY[3]);
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
