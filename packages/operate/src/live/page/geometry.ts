import type { Topology, Way } from './shown.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Width of the topic names, left of all columns; the cards above use the same. In pixels. */
export const GUTTER = 168;
/** Below this width the map scrolls instead of shrinking. In pixels. */
export const LEAST_WIDTH = 900;
const FIRST_LINE = 54;
const BETWEEN_LINES = 46;
const BELOW = 22;
/** Positions within its column at which a service consumes and publishes. */
const CONSUMES_AT = 0.34;
const EMITS_AT = 0.66;

/** All positions of the map, in pixels; y counts from the lower edge of the cards. */
export interface TopologyGeometry {
  readonly width: number;
  readonly height: number;
  readonly lineY: readonly number[];
  readonly consumesX: readonly number[];
  readonly emitsX: readonly number[];
}

export function topologyGeometry({ services, lines }: Topology, width: number): TopologyGeometry {
  const column = (width - GUTTER) / services.length;
  return {
    width,
    height: FIRST_LINE + (lines.length - 1) * BETWEEN_LINES + BELOW,
    lineY: lines.map((_, at) => FIRST_LINE + at * BETWEEN_LINES),
    consumesX: services.map((_, at) => GUTTER + (at + CONSUMES_AT) * column),
    emitsX: services.map((_, at) => GUTTER + (at + EMITS_AT) * column),
  };
}

/** The paths of an event to each consumer: out of the service, along its line, into the consumer. */
export function pathsOf(way: Way, { lineY, consumesX, emitsX, width }: TopologyGeometry): Point[][] {
  const y = lineY[way.line]!;
  const begin = [
    { x: emitsX[way.from]!, y: 0 },
    { x: emitsX[way.from]!, y },
  ];
  if (way.to.length === 0) return [[...begin, { x: Math.min(width, emitsX[way.from]! + 90), y }]];
  return way.to.map((to) => [...begin, { x: consumesX[to]!, y }, { x: consumesX[to]!, y: 0 }]);
}

/** The point at a share of a path's length. */
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
