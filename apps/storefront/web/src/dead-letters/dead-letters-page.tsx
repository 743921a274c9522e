import { Badge, Button, Group, SegmentedControl, Skeleton, Tabs } from '@mantine/core';
import { SAGA_SERVICES, type ServiceName } from '@quadrille/contracts';
import { useInfiniteQuery, useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { UnavailableNotice } from '../api/unavailable-notice.js';
import { NothingHere, StageLink } from '../frame/nothing-here.js';
import { Page } from '../frame/page.js';
import { DeadLetterDrawer } from './letter-drawer.js';
import { type Letter, type LetterState, lettersOf, STATES } from './letters.js';
import { DeadLettersTable } from './letters-table.js';
import { RedriveAll } from './redrive-all.js';

const LOOK_EVERY_MS = 2_000;

/** Parked messages and dead letters of the services, with the operator's decisions. */
export default function DeadLettersPage() {
  const [query, setQuery] = useSearchParams();
  const selected = SAGA_SERVICES.find((service) => service === query.get('service'));
  const waiting = useQueries({
    queries: SAGA_SERVICES.map((service) => ({
      queryKey: ['dead-letters', service, 'dead'],
      queryFn: ({ signal }: { signal: AbortSignal }) => lettersOf(service, { state: 'dead' }, signal),
      refetchInterval: LOOK_EVERY_MS,
    })),
  });
  // Without a chosen service, the first one with messages is shown.
  const first = SAGA_SERVICES.find((_, at) => (waiting[at]?.data?.deadLetters.length ?? 0) > 0);
  const service = selected ?? first ?? SAGA_SERVICES[0]!;
  return (
    <Page
      title="Dead letters"
      lead="A message that a service could not process is parked with its cause; later events of the same order queue behind it, so that their order is preserved. All other orders continue."
      wide
    >
      <Tabs
        value={service}
        onChange={(name) => name && setQuery({ service: name }, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List aria-label="Services">
          {SAGA_SERVICES.map((name, at) => (
            <Tabs.Tab key={name} value={name}>
              {name} <DeadCount page={waiting[at]?.data} />
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {SAGA_SERVICES.map((name) => (
          <Tabs.Panel key={name} value={name} pt="md">
            <LettersOf service={name} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

function DeadCount({ page }: { readonly page: Awaited<ReturnType<typeof lettersOf>> | undefined }) {
  const dead = page?.deadLetters.length ?? 0;
  if (dead === 0) return null;
  return (
    <Badge color="undo" size="sm" ml={4} variant="filled">
      {dead}
      {page?.next && '+'} <span className="only-for-screen-readers">need a decision</span>
    </Badge>
  );
}

const ALL = 'all';

function LettersOf({ service }: { readonly service: ServiceName }) {
  const [state, setState] = useState<LetterState | typeof ALL>(ALL);
  const [opened, open] = useState<Letter>();
  const letters = useInfiniteQuery({
    queryKey: ['dead-letters', service, 'list', state],
    queryFn: ({ pageParam, signal }) =>
      lettersOf(service, { ...(state !== ALL && { state }), ...(pageParam && { cursor: pageParam }) }, signal),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: LOOK_EVERY_MS,
  });
  const rows = letters.data?.pages.flatMap(({ deadLetters }) => deadLetters);
  return (
    <>
      <UnavailableNotice what={`The dead letters of ${service}`} failure={letters.failureReason} />
      <Group justify="space-between" mb="md">
        <SegmentedControl
          aria-label="Which"
          size="xs"
          value={state}
          onChange={(value) => setState(value as typeof state)}
          data={[{ value: ALL, label: 'All' }, ...STATES.map((each) => ({ value: each, label: STATE_NAMES[each] }))]}
        />
        {rows?.some((letter) => letter.state === 'dead') && <RedriveAll service={service} />}
      </Group>
      {!rows && !letters.failureReason && <Skeleton height={120} />}
      {rows?.length === 0 && (
        <NothingHere title={`${service} has no parked messages`}>
          To see a dead letter: go to the <StageLink />, inject a bug into a step or publish a poison message on a
          topic.
        </NothingHere>
      )}
      {rows && rows.length > 0 && <DeadLettersTable service={service} letters={rows} onOpen={open} />}
      {letters.hasNextPage && (
        <Button variant="default" mt="md" loading={letters.isFetchingNextPage} onClick={() => letters.fetchNextPage()}>
          Show more
        </Button>
      )}
      <DeadLetterDrawer service={service} letter={opened} onClose={() => open(undefined)} />
    </>
  );
}

const STATE_NAMES: Readonly<Record<LetterState, string>> = {
  dead: 'Dead',
  retrying: 'Retrying',
  queued: 'Queued',
};
