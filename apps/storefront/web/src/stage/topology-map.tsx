import { useReducedMotion } from '@mantine/hooks';
import { GUTTER, pathsOf, type TopologyGeometry } from '@quadrille/operate/live/page/geometry';
import { type Palette, Particles } from '@quadrille/operate/live/page/particles';
import type { Line } from '@quadrille/operate/live/page/shown';
import type { Picture } from '@quadrille/operate/live/picture';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import type { MovingEvent, Snapshot } from '../../../src/stage/snapshot.js';
import { rate } from './numbers.js';
import { Lag, Rails, ServiceLine } from './topology-lines.js';
import classes from './topology-map.module.css';

/** The handle by which the page adds moving events. */
export interface TopologyMapHandle {
  show(moving: readonly MovingEvent[]): void;
}

interface TopologyMapProps {
  readonly picture: Picture;
  readonly geometry: TopologyGeometry;
  readonly now: Snapshot | undefined;
  readonly handle: Ref<TopologyMapHandle>;
}

/** A snapshot arrives every second: its events start within that second. */
const SPREAD_MS = 1_000;

/** The topics of each service as a line, with events moving along them; with reduced motion only the figures. */
export function TopologyMap({ picture, geometry, now, handle }: TopologyMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const particles = useRef<Particles>(undefined);
  const still = useReducedMotion();
  const { width, height } = geometry;
  const perSecond = ({ from }: Line) => now?.sagas?.byService[picture.services[from]!] ?? 0;
  useEffect(() => {
    const element = canvas.current!;
    particles.current = new Particles(element);
    return () => particles.current?.clear();
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
        particles.current?.dress(costumesOf(canvas.current!));
        for (const [at, { step, event }] of moving.entries()) {
          const way = picture.wayOf(step, event);
          if (!way) continue;
          for (const path of pathsOf(way, geometry)) {
            particles.current?.enter(path, way.back, (at / moving.length) * SPREAD_MS);
          }
        }
      },
    }),
    [picture, geometry, still],
  );
  return (
    <div className={classes.topology} style={{ width, height }} aria-hidden="true">
      <svg width={width} height={height} className={classes.lines} aria-hidden="true">
        {picture.services.map((service, at) => (
          <Rails key={service} at={at} picture={picture} geometry={geometry} now={now} />
        ))}
        {picture.lines.map((line, at) => (
          <ServiceLine
            key={line.from}
            line={line}
            perSecond={perSecond(line)}
            y={geometry.lineY[at]!}
            geometry={geometry}
          />
        ))}
      </svg>
      {picture.lines.map((line, at) => (
        <p
          key={line.from}
          className={classes.topic}
          style={{ top: geometry.lineY[at]!, maxWidth: GUTTER - 12 }}
          title={line.topics.join('\n')}
        >
          <span className={classes.topicName}>{line.name}</span>
          <span className={classes.topicRate}>{rate(perSecond(line))} events/s</span>
        </p>
      ))}
      {picture.services.map((service, at) => (
        <Lag key={service} service={service} x={geometry.consumesX[at]!} now={now} />
      ))}
      <canvas ref={canvas} className={classes.particles} style={{ width, height }} />
    </div>
  );
}

function costumesOf(element: Element): Palette {
  const style = getComputedStyle(element);
  return { forward: style.getPropertyValue('--q-forward'), back: style.getPropertyValue('--q-undo') };
}
