import { Button } from '@mantine/core';
import { span, wordsOf } from '../look/words.js';
import type { Scene, Station } from './scene.js';
import classes from './story.module.css';
import type { Link } from './timeline.js';

interface StoryProps {
  readonly scene: Scene;
  readonly startedAt: number | undefined;
  readonly waiting: ReadonlyMap<string, string>;
  readonly onEvidence: (link: Link) => void;
}

/** The saga as text, in causal order; then the awaited steps. On a phone it replaces the diagram. */
export function Story({ scene, startedAt, waiting, onEvidence }: StoryProps) {
  const known = scene.stations.filter(({ state }) => state !== 'expected');
  return (
    <ol className={classes.story} aria-label="Events, in order">
      {known.map((station) => (
        <li
          key={station.step}
          className={classes.item}
          data-state={station.state}
          data-undo={station.undo || undefined}
          data-taken={station.step}
        >
          <span className={classes.when}>
            {station.link && startedAt !== undefined && `+${span(Date.parse(station.link.at) - startedAt)}`}
          </span>
          <span className={classes.what}>
            <strong>{station.service}</strong> <Sentence station={station} waiting={waiting.get(station.step)} />
          </span>
          {station.link && (
            <Button
              variant="subtle"
              size="compact-sm"
              className={classes.evidence!}
              onClick={() => onEvidence(station.link!)}
              aria-label={`Details of ${wordsOf(station.link.event)}`}
            >
              Evidence
            </Button>
          )}
        </li>
      ))}
    </ol>
  );
}

function Sentence({ station, waiting }: { readonly station: Station; readonly waiting: string | undefined }) {
  const { link, state, event, step } = station;
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
