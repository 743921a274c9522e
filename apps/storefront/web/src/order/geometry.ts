import type { Layout, Place } from './layout.js';

/** Pixels of the diagram. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Geometry {
  readonly width: number;
  readonly height: number;
  /** Top and height of each lane. */
  readonly lanes: readonly { readonly y: number; readonly height: number }[];
  readonly boxes: ReadonlyMap<string, Box>;
}

const LABEL_WIDTH = 128;
const MIN_COLUMN = 152;
const GAP = 26;
const STATION_HEIGHT = 56;
const TRACK_HEIGHT = 82;
const SECOND_TRACK_HEIGHT = 70;
const CORNER = 8;

/** Scales the layout to `width` pixels, or as many as it needs. Lanes with a compensation get a second track below. */
export function geometryOf({ lanes, columns, places }: Layout, width: number, compensating: boolean): Geometry {
  const column = Math.max(MIN_COLUMN, Math.floor((width - LABEL_WIDTH) / columns));
  let y = 0;
  const rows = lanes.map((_, lane) => {
    const two = compensating && places.some((place) => place.lane === lane && place.track === 1);
    const row = { y, height: TRACK_HEIGHT + (two ? SECOND_TRACK_HEIGHT : 0) };
    y += row.height;
    return row;
  });
  const boxOf = (place: Place): Box => ({
    x: LABEL_WIDTH + place.column * column,
    y:
      rows[place.lane]!.y +
      (TRACK_HEIGHT - STATION_HEIGHT) / 2 +
      (compensating ? place.track * SECOND_TRACK_HEIGHT : 0),
    width: column - GAP,
    height: STATION_HEIGHT,
  });
  return {
    width: LABEL_WIDTH + columns * column - GAP / 2,
    height: y,
    lanes: rows,
    boxes: new Map(places.map((place) => [place.step, boxOf(place)])),
  };
}

type Point = readonly [x: number, y: number];

/**
 * The path of an event between two nodes, as an SVG path around the others: forward from the right to the left side; backward
 * from above or below a forward step, or from the left side of a compensating step.
 */
export function pathBetween(from: Box, to: Box, back: boolean): string {
  const fromY = from.y + from.height / 2;
  const toY = to.y + to.height / 2;
  if (to.x > from.x && !back) {
    const trunk = from.x + from.width + GAP * 0.6;
    return rounded([
      [from.x + from.width, fromY],
      [trunk, fromY],
      [trunk, toY],
      [to.x, toY],
    ]);
  }
  const middle = from.x + from.width / 2;
  const edge = toY > fromY ? from.y + from.height : from.y;
  if (to.x > from.x)
    return rounded([
      [middle, edge],
      [middle, toY],
      [to.x, toY],
    ]);
  if (!back || to.x === from.x)
    return rounded([
      [middle, edge],
      [middle, toY],
      [to.x + to.width, toY],
    ]);
  const trunk = from.x - GAP * 0.6;
  return rounded([
    [from.x, fromY],
    [trunk, fromY],
    [trunk, toY],
    [to.x + to.width, toY],
  ]);
}

function rounded(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const parts = [`M${first!.join(',')}`];
  rest.forEach((point, at) => {
    const next = rest[at + 1];
    const before = points[at]!;
    if (!next) parts.push(`L${point.join(',')}`);
    else parts.push(`L${towards(point, before)} Q${point.join(',')} ${towards(point, next)}`);
  });
  return parts.join(' ');
}

/** A corner's length from a point, in the direction of another; half-way if that is nearer. */
function towards([x, y]: Point, [toX, toY]: Point): string {
  const distance = Math.hypot(toX - x, toY - y);
  const share = distance === 0 ? 0 : Math.min(CORNER, distance / 2) / distance;
  return `${x + (toX - x) * share},${y + (toY - y) * share}`;
}
