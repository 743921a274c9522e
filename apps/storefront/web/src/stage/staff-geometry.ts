import type { Picture, Way } from './picture.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The room for the names of topics, left of all columns; the cards above keep the same. In pixels. */
export const GUTTER = 168;
/** Below this width the picture is scrolled instead of squeezed. In pixels. */
export const LEAST_WIDTH = 900;
const FIRST_LINE = 54;
const BETWEEN_LINES = 46;
const BELOW = 22;
/** Within its column, where a service hears and where it speaks. */
const HEARS_AT = 0.34;
const SAYS_AT = 0.66;

/** Where everything of the staff stands, in pixels; y counts from the lower edge of the cards. */
export interface TopologyGeometry {
  readonly width: number;
  readonly height: number;
  readonly lineY: readonly number[];
  readonly hearsX: readonly number[];
  readonly saysX: readonly number[];
}

export function staffGeometry({ services, lines }: Picture, width: number): TopologyGeometry {
  const column = (width - GUTTER) / services.length;
  return {
    width,
    height: FIRST_LINE + (lines.length - 1) * BETWEEN_LINES + BELOW,
    lineY: lines.map((_, at) => FIRST_LINE + at * BETWEEN_LINES),
    hearsX: services.map((_, at) => GUTTER + (at + HEARS_AT) * column),
    saysX: services.map((_, at) => GUTTER + (at + SAYS_AT) * column),
  };
}

/** What an event passes on its way to each who hears it: out of the service, along its topic, into the hearer. */
export function pathsOf(way: Way, { lineY, hearsX, saysX, width }: TopologyGeometry): Point[][] {
  const y = lineY[way.line]!;
  const begin = [
    { x: saysX[way.from]!, y: 0 },
    { x: saysX[way.from]!, y },
  ];
  if (way.to.length === 0) return [[...begin, { x: Math.min(width, saysX[way.from]! + 90), y }]];
  return way.to.map((to) => [...begin, { x: hearsX[to]!, y }, { x: hearsX[to]!, y: 0 }]);
}

/** The point a share of the way along a path, by length. */
export function pointAt(path: readonly Point[], share: number): Point {
  const lengths = path.slice(1).map((point, at) => Math.hypot(point.x - path[at]!.x, point.y - path[at]!.y));
  let left = Math.min(1, Math.max(0, share)) * lengths.reduce((sum, length) => sum + length, 0);
  for (const [at, length] of lengths.entries()) {
    if (left <= length && length > 0) {
      const [from, to, part] = [path[at]!, path[at + 1]!, left / length];
      return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
    }
    left -= length;
  }
  return path.at(-1)!;
}
