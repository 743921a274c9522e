import { useElementSize } from '@mantine/hooks';
import { checkout } from '@quadrille/contracts';
import classes from './diagram.module.css';
import type { DiagramState, Flow } from './diagram-state.js';
import { type Geometry, geometryOf, pathBetween } from './geometry.js';
import { layoutOf } from './layout.js';
import { StepBox } from './step-box.js';
import type { Link } from './timeline.js';

const layout = layoutOf(checkout);
/** The width until the page is measured. */
const USUAL_WIDTH = 1_100;

interface DiagramProps {
  readonly diagram: DiagramState;
  /** The start of the saga, the origin of spans. Milliseconds since 1970. */
  readonly startedAt: number | undefined;
  /** How long a step has been awaited, as text; by step. */
  readonly waiting: ReadonlyMap<string, string>;
  readonly onOpen: (link: Link) => void;
}

/** The saga as swim lanes: one lane per service, events between them. The list below it has the same content as text. */
export function Diagram({ diagram, startedAt, waiting, onOpen }: DiagramProps) {
  const { ref, width } = useElementSize();
  const geometry = geometryOf(layout, width || USUAL_WIDTH, diagram.compensating);
  return (
    <div ref={ref} className={classes.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard. */}
      <section className={classes.scroll} aria-label="Diagram of the saga" tabIndex={0}>
        <div className={classes.canvas} style={{ width: geometry.width, height: geometry.height }}>
          {layout.lanes.map((service, at) => (
            <div key={service} className={classes.lane} style={rowStyle(geometry, at)}>
              <span className={classes.service}>{service}</span>
            </div>
          ))}
          <svg className={classes.flows} width={geometry.width} height={geometry.height} aria-hidden="true">
            <defs>
              <Head id="head-forward" className={classes.head!} />
              <Head id="head-undo" className={classes.headUndo!} />
              <Head id="head-expected" className={classes.headExpected!} />
            </defs>
            {diagram.flows.map((flow) => (
              <FlowPath key={`${flow.from} ${flow.to}`} flow={flow} geometry={geometry} />
            ))}
          </svg>
          {diagram.nodes.map((node) => (
            <StepBox
              key={node.step}
              node={node}
              box={geometry.boxes.get(node.step)!}
              startedAt={startedAt}
              waiting={waiting.get(node.step)}
              onOpen={onOpen}
            />
          ))}
        </div>
      </section>
    </div>
  );
}

const rowStyle = ({ lanes }: Geometry, at: number) => ({ top: lanes[at]!.y, height: lanes[at]!.height });

function FlowPath({ flow, geometry }: { readonly flow: Flow; readonly geometry: Geometry }) {
  const from = geometry.boxes.get(flow.from);
  const to = geometry.boxes.get(flow.to);
  if (!from || !to) return null;
  // A failed forward step is left from above or below; a compensating step is left sideways, backwards.
  const back = layout.places.find(({ step }) => step === flow.from)?.track === 1;
  const path = pathBetween(from, to, back);
  return (
    <g data-taken={flow.taken || undefined} data-undo={flow.undo || undefined} className={classes.flow}>
      <path d={path} className={classes.expected} markerEnd={flow.taken ? undefined : 'url(#head-expected)'} />
      {flow.taken && (
        <>
          <path
            d={path}
            pathLength={1}
            className={classes.taken}
            markerEnd={`url(#head-${flow.undo ? 'undo' : 'forward'})`}
          />
          <circle r="4.5" className={classes.event} style={{ offsetPath: `path("${path}")` }} />
        </>
      )}
    </g>
  );
}

/** The head of an arrow; it touches the handling step. */
const Head = ({ id, className }: { readonly id: string; readonly className: string }) => (
  <marker
    id={id}
    viewBox="0 0 8 8"
    refX="7"
    refY="4"
    markerWidth="8"
    markerHeight="8"
    markerUnits="userSpaceOnUse"
    orient="auto"
  >
    <path d="M0,0.5 L8,4 L0,7.5 z" className={className} />
  </marker>
);
