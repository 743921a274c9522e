import { IconArrowBackUp, IconCheck, IconX } from '@tabler/icons-react';
import { EventName } from '../ui/event-name.js';
import { span } from '../ui/format.js';
import classes from './diagram.module.css';
import type { StepNode } from './diagram-state.js';
import type { Box } from './geometry.js';
import type { Link } from './timeline.js';

interface StepBoxProps {
  readonly node: StepNode;
  readonly box: Box;
  readonly startedAt: number | undefined;
  readonly waiting: string | undefined;
  readonly onOpen: (link: Link) => void;
}

/** Length of a name that does not fit into two lines. */
const LONG = 22;

/** One step in its place; pressing it opens the details of its event. */
export function StepBox({ node, box, startedAt, waiting, onOpen }: StepBoxProps) {
  const { link, state, undo, step, event } = node;
  const place = { left: box.x, top: box.y, width: box.width, height: box.height };
  const data = { 'data-state': state, 'data-undo': undo || undefined, 'data-step': step };
  const inside = (
    <>
      <span className={classes.name} data-long={(event && event.length > LONG) || undefined}>
        <Mark node={node} />
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
      <div className={classes.node} style={place} {...data}>
        {inside}
      </div>
    );
  }
  return (
    <button
      type="button"
      className={classes.node}
      style={place}
      {...data}
      onClick={() => onOpen(link)}
      aria-label={`${link.event}, emitted by ${step} of ${link.service}: details`}
    >
      {inside}
    </button>
  );
}

function Mark({ node: { state, undo } }: { readonly node: StepNode }) {
  if (state === 'failed') return <IconX size={14} stroke={2.6} aria-hidden className={classes.mark} />;
  if (state === 'done' && undo) return <IconArrowBackUp size={14} stroke={2.6} aria-hidden className={classes.mark} />;
  if (state === 'done') return <IconCheck size={14} stroke={2.6} aria-hidden className={classes.mark} />;
  return <span className={classes.dot} aria-hidden />;
}
