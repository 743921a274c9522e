import { describe, expect, it } from '@jest/globals';
import { checkout } from '@quadrille/contracts';
import { type Box, geometryOf, pathBetween } from './geometry.js';
import { layoutOf } from './layout.js';

const layout = layoutOf(checkout);
const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe('the geometry', () => {
  it('has no overlapping nodes during a compensation', () => {
    const boxes = [...geometryOf(layout, 1_200, true).boxes.values()];
    for (const [at, box] of boxes.entries()) {
      for (const other of boxes.slice(at + 1)) expect(overlap(box, other)).toBe(false);
    }
  });

  it('uses the available width, and more if that is too narrow', () => {
    expect(geometryOf(layout, 1_400, false).width).toBeLessThanOrEqual(1_400);
    expect(geometryOf(layout, 300, false).width).toBeGreaterThan(1_000);
  });

  it('has a second track only in lanes with a compensation', () => {
    const heights = (compensating: boolean) =>
      geometryOf(layout, 1_200, compensating).lanes.map(({ height }) => height);
    const grown = layout.lanes.filter((_, lane) => heights(true)[lane]! > heights(false)[lane]!);
    expect(grown).toEqual(['order', 'payment', 'inventory', 'shipping']);
  });

  it('leads an event from its emitting to its handling step', () => {
    const { boxes } = geometryOf(layout, 1_200, true);
    const path = pathBetween(boxes.get('place-order')!, boxes.get('authorize-payment')!, false);
    const to = boxes.get('authorize-payment')!;
    expect(path.endsWith(`L${to.x},${to.y + to.height / 2}`)).toBe(true);
  });
});
