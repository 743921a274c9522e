import { useReducedMotion } from '@mantine/hooks';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import type { MovingEvent, Snapshot } from '../../../src/stage/snapshot.js';
import { type Costumes, Dancers } from './dancers.js';
import { count, rate, sum, widthOf } from './numbers.js';
import type { Line, Picture } from './picture.js';
import classes from './staff.module.css';
import { GUTTER, pathsOf, type StaffGeometry } from './staff-geometry.js';

/** What the page hands events to that shall move. */
export interface StaffHandle {
  show(moving: readonly MovingEvent[]): void;
}

interface StaffProps {
  readonly picture: Picture;
  readonly geometry: StaffGeometry;
  readonly now: Snapshot | undefined;
  readonly handle: Ref<StaffHandle>;
}

/** A picture comes every second: what it brings sets out within the second. */
const SPREAD_MS = 1_000;

/** The topics as lines of a staff, with events dancing along them; who prefers no motion sees numbers alone. */
export function Staff({ picture, geometry, now, handle }: StaffProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dancers = useRef<Dancers>(undefined);
  const still = useReducedMotion();
  const { width, height } = geometry;
  useEffect(() => {
    const element = canvas.current!;
    dancers.current = new Dancers(element, () => costumesOf(element));
    return () => dancers.current?.clear();
  }, []);
  useEffect(() => {
    const element = canvas.current!;
    const scale = Math.min(2, window.devicePixelRatio);
    element.width = width * scale;
    element.height = height * scale;
  }, [width, height]);
  useImperativeHandle(
    handle,
    () => ({
      show(moving) {
        if (still || document.hidden) return;
        for (const [at, { step, event }] of moving.entries()) {
          const way = picture.wayOf(step, event);
          if (!way) continue;
          for (const path of pathsOf(way, geometry)) {
            dancers.current?.enter(path, way.back, (at / moving.length) * SPREAD_MS);
          }
        }
      },
    }),
    [picture, geometry, still],
  );
  return (
    <div className={classes.staff} style={{ width, height }} aria-hidden="true">
      <svg width={width} height={height} className={classes.lines} aria-hidden="true">
        {picture.services.map((service, at) => (
          <Rails key={service} at={at} picture={picture} geometry={geometry} now={now} />
        ))}
        {picture.lines.map((line, at) => (
          <TopicLine key={line.topic} line={line} y={geometry.lineY[at]!} geometry={geometry} now={now} />
        ))}
      </svg>
      {picture.lines.map(({ topic }, at) => (
        <p key={topic} className={classes.topic} style={{ top: geometry.lineY[at]! }}>
          <span className={classes.topicName}>{topic}</span>
          <span className={classes.topicRate}>{rate(now?.sagas?.byTopic[topic] ?? 0)} events/s</span>
        </p>
      ))}
      {picture.services.map((service, at) => (
        <Lag key={service} service={service} x={geometry.hearsX[at]!} now={now} />
      ))}
      <canvas ref={canvas} className={classes.dancers} style={{ width, height }} />
    </div>
  );
}

function TopicLine({
  line,
  y,
  geometry,
  now,
}: {
  readonly line: Line;
  readonly y: number;
  readonly geometry: StaffGeometry;
  readonly now: Snapshot | undefined;
}) {
  const perSecond = now?.sagas?.byTopic[line.topic] ?? 0;
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
      <rect x={geometry.saysX[line.from]! - 6} y={y - 6} width={12} height={12} rx={3} className={classes.source} />
      {line.to.map((column) => (
        <circle key={column} cx={geometry.hearsX[column]!} cy={y} r={5.5} className={classes.ear} />
      ))}
    </g>
  );
}

/** Left the way in, right the way out; cut where a fault cuts them. */
function Rails({
  at,
  picture,
  geometry,
  now,
}: {
  readonly at: number;
  readonly picture: Picture;
  readonly geometry: StaffGeometry;
  readonly now: Snapshot | undefined;
}) {
  const service = picture.services[at]!;
  const heard = picture.lines.flatMap((line, nth) => (line.to.includes(at) ? [geometry.lineY[nth]!] : []));
  const said = picture.lines.findIndex(({ from }) => from === at);
  const cut = (fault: string) => now?.faults.some((each) => each.fault === fault && each.target === service && each.on);
  const gone = cut('stopped-service') || undefined;
  const [inX, outX] = [geometry.hearsX[at]!, geometry.saysX[at]!];
  return (
    <g className={classes.rail}>
      {heard.length > 0 && (
        <g data-cut={gone ?? (cut('held-consumer') || undefined)}>
          <line x1={inX} x2={inX} y1={6} y2={Math.max(...heard)} />
          <path d={`M ${inX - 4.5} 9 L ${inX} 2 L ${inX + 4.5} 9`} />
        </g>
      )}
      {said >= 0 && (
        <line
          x1={outX}
          x2={outX}
          y1={0}
          y2={geometry.lineY[said]!}
          data-cut={gone ?? (cut('paused-relay') || undefined)}
        />
      )}
    </g>
  );
}

/** How many records wait for a service, beside its way in. */
function Lag({
  service,
  x,
  now,
}: {
  readonly service: string;
  readonly x: number;
  readonly now: Snapshot | undefined;
}) {
  const lag = now?.services.find((each) => each.service === service)?.lag;
  const records = lag ? sum(lag) : undefined;
  return (
    <span className={classes.lag} style={{ left: x - 8 }} data-many={(records ?? 0) >= MANY_RECORDS || undefined}>
      {records === undefined ? 'lag ?' : `lag ${count(records)}`}
    </span>
  );
}

/** From here on a lag is no jitter. */
const MANY_RECORDS = 200;

function costumesOf(element: Element): Costumes {
  const style = getComputedStyle(element);
  return { forward: style.getPropertyValue('--q-forward'), back: style.getPropertyValue('--q-undo') };
}
