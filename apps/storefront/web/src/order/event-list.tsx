import { Button } from '@mantine/core';
import { span, wordsOf } from '../ui/format.js';
import type { DiagramState, StepNode } from './diagram-state.js';
import classes from './event-list.module.css';
import type { Link } from './timeline.js';

interface EventListProps {
  readonly diagram: DiagramState;
  readonly startedAt: number | undefined;
  readonly waiting: ReadonlyMap<string, string>;
  readonly onOpen: (link: Link) => void;
}

/** The saga as text, in causal order; then the awaited steps. On a phone it replaces the diagram. */
export function EventList({ diagram, startedAt, waiting, onOpen }: EventListProps) {
  const known = diagram.nodes.filter(({ state }) => state !== 'expected');
  return (
    <ol className={classes.list} aria-label="Events, in order">
      {known.map((node) => (
        <li
          key={node.step}
          className={classes.item}
          data-state={node.state}
          data-undo={node.undo || undefined}
          data-taken={node.step}
        >
          <span className={classes.when}>
            {node.link && startedAt !== undefined && `+${span(Date.parse(node.link.at) - startedAt)}`}
          </span>
          <span className={classes.what}>
            <strong>{node.service}</strong> <Sentence node={node} waiting={waiting.get(node.step)} />
          </span>
          {node.link && (
            <Button
              variant="subtle"
              size="compact-sm"
              className={classes.open!}
              onClick={() => onOpen(node.link!)}
              aria-label={`Details of ${wordsOf(node.link.event)}`}
            >
              Details
            </Button>
          )}
        </li>
      ))}
    </ol>
  );
}

function Sentence({ node, waiting }: { readonly node: StepNode; readonly waiting: string | undefined }) {
  const { link, state, event, step } = node;
  if (link) {
    return (
      <>
        {triggerOf(link)} and emitted <em>{wordsOf(link.event)}</em>
      </>
    );
  }
  if (state === 'done') return <>handled the ending ({wordsOf(step)})</>;
  if (event === null) return <>has to handle the ending ({wordsOf(step)})</>;
  return (
    <>
      is awaited: {wordsOf(step)}
      {waiting && <span className={classes.since}> {waiting}</span>}
    </>
  );
}

function triggerOf({ triggeredBy }: Link): string {
  if ('request' in triggeredBy) return `accepted ${triggeredBy.request}`;
  if ('deadline' in triggeredBy) return `ran because ${triggeredBy.deadline} had passed`;
  return triggeredBy.event ? `handled ${wordsOf(triggeredBy.event)}` : 'handled an event that is not read yet';
}
