import { GUTTER, type TopologyGeometry } from '@quadrille/operate/live/page/geometry';
import type { Line } from '@quadrille/operate/live/page/shown';
import type { Picture } from '@quadrille/operate/live/picture';
import type { Snapshot } from '../../../src/stage/snapshot.js';
import { count, sum, widthOf } from './numbers.js';
import classes from './topology-map.module.css';

interface ServiceLineProps {
  readonly line: Line;
  /** Events per second. */
  readonly perSecond: number;
  readonly y: number;
  readonly geometry: TopologyGeometry;
}

/** The topics of a service: thicker with a higher rate; a square at the service, a ring at each reader. */
export function ServiceLine({ line, perSecond, y, geometry }: ServiceLineProps) {
  return (
    <g className={classes.line} data-lit={perSecond > 0 || undefined}>
      <line
        x1={GUTTER - 4}
        x2={geometry.width - 12}
        y1={y}
        y2={y}
        strokeWidth={widthOf(perSecond)}
        className={classes.string}
      />
      <rect x={geometry.emitsX[line.from]! - 6} y={y - 6} width={12} height={12} rx={3} className={classes.source} />
      {line.to.map((column) => (
        <circle key={column} cx={geometry.consumesX[column]!} cy={y} r={5.5} className={classes.ear} />
      ))}
    </g>
  );
}

interface RailsProps {
  /** The column of the service. */
  readonly at: number;
  readonly picture: Picture;
  readonly geometry: TopologyGeometry;
  readonly now: Snapshot | undefined;
}

/** Left the input, right the output; interrupted by a fault. */
export function Rails({ at, picture, geometry, now }: RailsProps) {
  const service = picture.services[at]!;
  const payload = picture.lines.flatMap((line, nth) => (line.to.includes(at) ? [geometry.lineY[nth]!] : []));
  const lineAt = picture.lines.findIndex(({ from }) => from === at);
  const cut = (fault: string) => now?.faults.some((each) => each.fault === fault && each.target === service && each.on);
  const gone = cut('stopped-service') || undefined;
  const [inX, outX] = [geometry.consumesX[at]!, geometry.emitsX[at]!];
  return (
    <g className={classes.rail}>
      {payload.length > 0 && (
        <g data-cut={gone ?? (cut('paused-consumer') || undefined)}>
          <line x1={inX} x2={inX} y1={6} y2={Math.max(...payload)} />
          <path d={`M ${inX - 4.5} 9 L ${inX} 2 L ${inX + 4.5} 9`} />
        </g>
      )}
      {lineAt >= 0 && (
        <line
          x1={outX}
          x2={outX}
          y1={0}
          y2={geometry.lineY[lineAt]!}
          data-cut={gone ?? (cut('paused-relay') || undefined)}
        />
      )}
    </g>
  );
}

/** A lag from here on is no jitter. */
const MANY_RECORDS = 200;

interface LagProps {
  readonly service: string;
  readonly x: number;
  readonly now: Snapshot | undefined;
}

/** The number of records waiting for a service, beside its input. */
export function Lag({ service, x, now }: LagProps) {
  const lag = now?.services.find((each) => each.service === service)?.lag;
  const records = lag ? sum(lag) : undefined;
  return (
    <span className={classes.lag} style={{ left: x - 8 }} data-many={(records ?? 0) >= MANY_RECORDS || undefined}>
      {records === undefined ? 'lag ?' : `lag ${count(records)}`}
    </span>
  );
}
