import { Text } from '@mantine/core';
import { IconArrowBackUp, IconCircleCheck, IconHourglass } from '@tabler/icons-react';
import { sentence, span, wordsOf } from '../ui/format.js';
import type { DiagramState } from './diagram-state.js';
import classes from './saga-status.module.css';
import { reasonIn, type Timeline } from './timeline.js';

interface SagaStatusProps {
  readonly timeline: Timeline | undefined;
  readonly diagram: DiagramState;
  /** All known events are shown. */
  readonly upToDate: boolean;
}

/** The state of the order in one sentence, announced by screen readers when it changes. */
export function SagaStatus({ timeline, diagram, upToDate }: SagaStatusProps) {
  const { icon: Icon, tone, headline, more } = wordsFor(timeline, diagram, upToDate);
  return (
    <div className={classes.status} data-tone={tone} role="status" data-ending={upToDate ? diagram.ending : undefined}>
      <Icon size={30} stroke={1.7} aria-hidden className={classes.icon} />
      <div>
        <Text fw={620} size="lg" lh={1.25}>
          {headline}
        </Text>
        <Text c="dimmed" size="sm" mt={2}>
          {more}
        </Text>
      </div>
    </div>
  );
}

function wordsFor(timeline: Timeline | undefined, diagram: DiagramState, upToDate: boolean) {
  const took = timeline?.endedAt ? span(Date.parse(timeline.endedAt) - Date.parse(timeline.startedAt)) : '';
  const services = new Set(timeline?.links.map(({ service }) => service)).size;
  const reason = sentence(wordsOf((timeline && reasonIn(timeline.links)) ?? 'a failure'));
  if (diagram.ending && diagram.compensating) {
    return {
      icon: IconArrowBackUp,
      tone: 'undo',
      headline: `Cancelled: ${wordsOf(reason)}`,
      more: `All completed steps are compensated, in reverse order, after ${took}. The payment is returned, no stock is reserved.`,
    };
  }
  if (diagram.ending) {
    return {
      icon: IconCircleCheck,
      tone: 'forward',
      headline: `Completed in ${took}`,
      more: `${services} services, and no coordinator: each handled an event, did its part, and emitted the next one.`,
    };
  }
  const next = diagram.nodes.find(({ state }) => state === 'next');
  const whose = next ? `Next step: ${wordsOf(next.step)} of ${next.service}.` : '';
  if (diagram.compensating) {
    return { icon: IconArrowBackUp, tone: 'undo', headline: `Compensating: ${wordsOf(reason)}`, more: whose };
  }
  const slowly = timeline?.endedAt && !upToDate ? ' Shown slowly enough to follow.' : '';
  return { icon: IconHourglass, tone: 'waiting', headline: 'In progress', more: `${whose}${slowly}` };
}
