import { Button, Group, Stack, Text } from '@mantine/core';
import { checkout } from '@quadrille/contracts';
import { IconPlayerPlay, IconPlayerTrackNext } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation, useParams } from 'react-router';
import { Problem } from '../api/problem.js';
import { UnavailableNotice } from '../api/unavailable-notice.js';
import { Card, Columns } from '../frame/card.js';
import { Page } from '../frame/page.js';
import { CancelOrder } from '../orders/cancel-order.js';
import { shortId, span } from '../ui/format.js';
import { useNow } from '../ui/use-now.js';
import { AwaitedNotice } from './awaited.js';
import { Diagram } from './diagram.js';
import { diagramStateOf } from './diagram-state.js';
import { EventDetails } from './event-details.js';
import { EventList } from './event-list.js';
import classes from './order-page.module.css';
import { OrderSummary } from './order-summary.js';
import { SagaStatus } from './saga-status.js';
import type { AwaitedStep, Link } from './timeline.js';
import { useFollowUps } from './use-follow-ups.js';
import { useReplay } from './use-replay.js';
import { useTimeline } from './use-timeline.js';

/** Set after the checkout, so that the saga is shown from its beginning. */
export interface OrderPageState {
  readonly placed?: true;
}

/** The live diagram of one order. */
export default function OrderPage() {
  const { id = '' } = useParams();
  return <OrderView key={id} orderId={id.toLowerCase()} />;
}

function OrderView({ orderId }: { readonly orderId: string }) {
  const placed = (useLocation().state as OrderPageState | null)?.placed === true;
  const timeline = useTimeline(orderId);
  const { data } = timeline;
  const links = data?.links ?? [];
  const replay = useReplay(data && links.length, placed);
  const [opened, setOpened] = useState<Link | null>(null);
  const followUpsDone = useFollowUps(orderId, data?.endedAt != null);
  const diagram = diagramStateOf(checkout, links.slice(0, replay.shown), followUpsDone);
  const open = data !== undefined && data.endedAt === null;
  const now = useNow(open);
  const startedAt = data && Date.parse(data.startedAt);
  const waiting = replay.playing ? new Map<string, string>() : waitingSince(data?.awaited ?? [], now);

  if (timeline.error instanceof Problem) {
    const unknown = timeline.error.status === 404 || timeline.error.status === 400;
    return (
      <Page title={unknown ? 'There is no such order' : 'This order cannot be shown'} lead={timeline.error.message}>
        <Button onClick={() => void timeline.refetch()}>Try again</Button>
      </Page>
    );
  }

  const shown = { diagram, startedAt, waiting, onOpen: setOpened };
  return (
    <Page
      title={`Order ${shortId(orderId)}`}
      lead="No service calls another and there is no coordinator: each handles an event from Kafka, changes its own database, and emits the next event."
      actions={
        <Group gap="sm">
          {open && <CancelOrder orderId={orderId} />}
          {replay.playing ? (
            <Button variant="default" leftSection={<IconPlayerTrackNext size={16} />} onClick={replay.finish}>
              Show all
            </Button>
          ) : (
            <Button
              variant="default"
              leftSection={<IconPlayerPlay size={16} />}
              onClick={replay.again}
              disabled={!data}
            >
              Replay
            </Button>
          )}
        </Group>
      }
      wide
    >
      <Stack gap="lg">
        <UnavailableNotice what="The timeline" failure={timeline.failureReason} />
        <SagaStatus timeline={data} diagram={diagram} upToDate={!replay.playing} />
        {!replay.playing && <AwaitedNotice awaited={data?.awaited ?? []} now={now} />}
        <Diagram {...shown} />
        <Legend compensating={diagram.compensating} />
        <Columns firstWider>
          <Card title="As text">
            <EventList {...shown} />
          </Card>
          <OrderSummary orderId={orderId} ended={data?.endedAt ?? null} />
        </Columns>
      </Stack>
      <EventDetails link={opened} links={links} onClose={() => setOpened(null)} onOpen={setOpened} />
    </Page>
  );
}

const waitingSince = (awaited: readonly AwaitedStep[], now: number): ReadonlyMap<string, string> =>
  new Map(awaited.map(({ step, since }) => [step, `for ${span(now - Date.parse(since))}`]));

/** The legend of the diagram. */
const Legend = ({ compensating }: { readonly compensating: boolean }) => (
  <Text component="ul" className={classes.legend} size="sm" c="dimmed">
    <li data-means="expected">expected, from the table</li>
    <li data-means="forward">emitted: press it for its details</li>
    {compensating && <li data-means="undo">failed, or compensated</li>}
    <li data-means="next">is awaited</li>
  </Text>
);
