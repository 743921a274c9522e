import type { Snapshot } from '../../../src/stage/snapshot.js';
import { span } from '../ui/format.js';
import classes from './key-numbers.module.css';
import { count, curve, rate } from './numbers.js';

interface KeyNumbersProps {
  readonly now: Snapshot | undefined;
  readonly history: readonly Snapshot[];
}

const WIDTH = 120;
const HEIGHT = 28;
/** Snapshots in a curve: two minutes. */
const PLACES = 120;

/** The key figures, with their history of the last two minutes. */
export function KeyNumbers({ now, history }: KeyNumbersProps) {
  const sagas = now?.sagas;
  const past = (of: (snapshot: Snapshot) => number | undefined) => history.map((each) => of(each) ?? 0);
  const open = (snapshot: Snapshot) =>
    snapshot.sagas && snapshot.sagas.inFlight.running + snapshot.sagas.inFlight.compensating;
  return (
    <dl className={classes.numbers}>
      <Tile
        name="Events per second"
        value={sagas ? rate(sagas.eventsPerSecond) : '–'}
        detail={sagas ? `${rate(sagas.begunPerSecond)} sagas begin, ${rate(sagas.endedPerSecond)} end` : ''}
        past={past(({ sagas: each }) => each?.eventsPerSecond)}
      />
      <Tile
        name="Sagas in flight"
        value={sagas ? count(open(now!) ?? 0) : '–'}
        detail={sagas ? `${count(sagas.inFlight.compensating)} compensating` : ''}
        past={past((each) => open(each) ?? 0)}
      />
      <Tile
        name="From placed to ended"
        value={sagas?.latencyMs ? span(sagas.latencyMs.p50) : '–'}
        detail={
          sagas?.latencyMs
            ? `median; 95 % in ${unbroken(span(sagas.latencyMs.p95))}, 99 % in ${unbroken(span(sagas.latencyMs.p99))}`
            : 'none ended in the last minute'
        }
        past={past(({ sagas: each }) => each?.latencyMs?.p50)}
      />
      <Tile
        name="Completed per minute"
        value={sagas ? count(sagas.completed) : '–'}
        detail="paid, in stock, shipped"
        past={past(({ sagas: each }) => each?.completed)}
      />
      <Tile
        name="Cancelled per minute"
        value={sagas ? count(sagas.cancelled) : '–'}
        detail={reasonInWords(sagas?.reasons)}
        past={past(({ sagas: each }) => each?.cancelled)}
        back
      />
    </dl>
  );
}

/** Puts a number on the line of its unit. */
const unbroken = (text: string): string => text.replaceAll(' ', '\u00a0');

function reasonInWords(reasons: Readonly<Record<string, number>> | undefined): string {
  const [first] = Object.entries(reasons ?? {}).sort(([, a], [, b]) => b - a);
  return first ? `all compensated; mostly ${first[0].replaceAll('-', ' ')}` : 'all compensated';
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
  readonly past: readonly number[];
  readonly back?: boolean;
}

function Tile({ name, value, detail, past, back }: TileProps) {
  return (
    <div className={classes.tile} data-back={back || undefined}>
      <dt className={classes.name}>{name}</dt>
      <dd className={classes.value}>{value}</dd>
      <dd className={classes.detail}>{detail}</dd>
      <dd className={classes.curve} aria-hidden="true">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {past.length > 1 && <polyline points={curve(past, WIDTH, HEIGHT - 2, PLACES)} transform="translate(0 1)" />}
        </svg>
      </dd>
    </div>
  );
}
