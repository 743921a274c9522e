import { IconArrowBackUp, IconCheck, IconX } from '@tabler/icons-react';
import { EventName } from '../look/event-name.js';
import { span } from '../look/words.js';
import classes from './diagram.module.css';
import type { Box } from './geometry.js';
import type { Station } from './scene.js';
import type { Link } from './timeline.js';

interface StationBoxProps {
  readonly station: Station;
  readonly box: Box;
  readonly startedAt: number | undefined;
  readonly waiting: string | undefined;
  readonly onEvidence: (link: Link) => void;
}

/** Length of a name that does not fit into two lines. */
const LONG = 22;

/** One step in its place; pressing it opens the details of its event. */
export function StationBox({ station, box, startedAt, waiting, onEvidence }: StationBoxProps) {
  const { link, state, undo, step, event } = station;
  const place = { left: box.x, top: box.y, width: box.width, height: box.height };
  const data = { 'data-state': state, 'data-undo': undo || undefined, 'data-step': step };
  const inside = (
    <>
      <span className={classes.name} data-long={(event && event.length > LONG) || undefined}>
        <Mark station={station} />
        <span>{event ? <EventName name={event} /> : 'handled'}</span>
      </span>
      <span className={classes.step}>{step}</span>
      {link && startedAt !== undefined && (
        <span className={classes.time}>+{span(Date.parse(link.at) - startedAt)}</span>
      )}
      {state === 'next' && waiting && <span className={classes.time}>{waiting}</span>}
    </>
  );
  if (!link) {
    return (
      <div className={classes.station} style={place} {...data}>
        {inside}
      </div>
    );
  }
  return (
    <button
      type="button"
      className={classes.station}
      style={place}
      {...data}
      onClick={() => onEvidence(link)}
      aria-label={`${link.event}, emitted by ${step} of ${link.service}: details`}
    >
      {inside}
    </button>
  );
}

function Mark({ station: { state, undo } }: { readonly station: Station }) {
  if (state === 'failed') return <IconX size={14} stroke={2.6} aria-hidden className={classes.mark} />;
  if (state === 'done' && undo) return <IconArrowBackUp size={14} stroke={2.6} aria-hidden className={classes.mark} />;
  if (state === 'done') return <IconCheck size={14} stroke={2.6} aria-hidden className={classes.mark} />;
  return <span className={classes.dot} aria-hidden />;
}
