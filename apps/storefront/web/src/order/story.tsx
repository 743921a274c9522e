import { Button } from '@mantine/core';
import { span, spoken } from '../look/words.js';
import type { Scene, Station } from './scene.js';
import classes from './story.module.css';
import type { Link } from './timeline.js';

interface StoryProps {
  readonly scene: Scene;
  readonly startedAt: number | undefined;
  readonly waiting: ReadonlyMap<string, string>;
  readonly onEvidence: (link: Link) => void;
}

/** The saga in words, in the order in which it came about; then who has to speak. On a phone it stands for the diagram. */
export function Story({ scene, startedAt, waiting, onEvidence }: StoryProps) {
  const known = scene.stations.filter(({ state }) => state !== 'expected');
  return (
    <ol className={classes.story} aria-label="What happened, in order">
      {known.map((station) => (
        <li
          key={station.step}
          className={classes.item}
          data-state={station.state}
          data-undo={station.undo || undefined}
          data-told={station.step}
        >
          <span className={classes.when}>
            {station.link && startedAt !== undefined && `+${span(Date.parse(station.link.at) - startedAt)}`}
          </span>
          <span className={classes.what}>
            <strong>{station.service}</strong> <Telling station={station} waiting={waiting.get(station.step)} />
          </span>
          {station.link && (
            <Button
              variant="subtle"
              size="compact-sm"
              className={classes.evidence!}
              onClick={() => onEvidence(station.link!)}
              aria-label={`Evidence of ${spoken(station.link.event)}`}
            >
              Evidence
            </Button>
          )}
        </li>
      ))}
    </ol>
  );
}

function Telling({ station, waiting }: { readonly station: Station; readonly waiting: string | undefined }) {
  const { link, state, event, step } = station;
  if (link) {
    return (
      <>
        {heardBy(link)} and said <em>{spoken(link.event)}</em>
      </>
    );
  }
  if (state === 'said') return <>heard how it ended ({spoken(step)})</>;
  if (event === null) return <>has to hear how it ended ({spoken(step)})</>;
  return (
    <>
      has to speak: {spoken(step)}
      {waiting && <span className={classes.since}> {waiting}</span>}
    </>
  );
}

function heardBy({ triggeredBy }: Link): string {
  if ('request' in triggeredBy) return `took ${triggeredBy.request}`;
  if ('clock' in triggeredBy) return `saw that ${triggeredBy.clock} had passed`;
  return triggeredBy.event ? `heard ${spoken(triggeredBy.event)}` : 'heard an event that is not read yet';
}
