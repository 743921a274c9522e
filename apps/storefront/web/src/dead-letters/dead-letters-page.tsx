import { Anchor, Badge, Button, Group, SegmentedControl, Skeleton, Table, Tabs, Text } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { useInfiniteQuery, useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { Page } from '../frame/page.js';
import { moment } from '../look/words.js';
import { AwayNotice } from '../talking/away-notice.js';
import type { Service } from '../talking/request.js';
import classes from './dead-letters.module.css';
import { LetterDrawer } from './letter-drawer.js';
import { firstLine, HEARERS, type Letter, type LetterState, lettersOf, STATE_WORDS, STATES } from './letters.js';
import { RedriveAll } from './redrive-all.js';

const LOOK_EVERY_MS = 2_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What services could not take, and what to do about it. */
export default function DeadLettersPage() {
  const [query, setQuery] = useSearchParams();
  const asked = HEARERS.find((service) => service === query.get('service'));
  const waiting = useQueries({
    queries: HEARERS.map((service) => ({
      queryKey: ['dead-letters', service, 'dead'],
      queryFn: ({ signal }: { signal: AbortSignal }) => lettersOf(service, { state: 'dead' }, signal),
      refetchInterval: LOOK_EVERY_MS,
    })),
  });
  // Where something waits is shown first, when nobody asks for another.
  const first = HEARERS.find((_, at) => (waiting[at]?.data?.deadLetters.length ?? 0) > 0);
  const service = asked ?? first ?? HEARERS[0]!;
  return (
    <Page
      title="Dead letters"
      lead="What a service could not take is put aside with its cause; later events of the same order queue behind it, so that the order of each is kept. Everybody else goes on."
      wide
    >
      <Tabs
        value={service}
        onChange={(name) => name && setQuery({ service: name }, { replace: true })}
        keepMounted={false}
        classNames={{ list: classes.tabs! }}
      >
        <Tabs.List aria-label="Services">
          {HEARERS.map((name, at) => (
            <Tabs.Tab key={name} value={name}>
              {name} <DeadCount page={waiting[at]?.data} />
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {HEARERS.map((name) => (
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
      {page?.next && '+'} <span className="only-for-screen-readers">wait for you</span>
    </Badge>
  );
}

const ALL = 'all';

function LettersOf({ service }: { readonly service: Service }) {
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
      <AwayNotice what={`The dead letters of ${service}`} failure={letters.failureReason} />
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
      {rows?.length === 0 && <Nothing service={service} />}
      {rows && rows.length > 0 && <LettersTable service={service} letters={rows} onOpen={open} />}
      {letters.hasNextPage && (
        <Button variant="default" mt="md" loading={letters.isFetchingNextPage} onClick={() => letters.fetchNextPage()}>
          Show more
        </Button>
      )}
      <LetterDrawer service={service} letter={opened} onClose={() => open(undefined)} />
    </>
  );
}

const STATE_NAMES: Readonly<Record<LetterState, string>> = {
  dead: 'Dead',
  retrying: 'Tried again',
  queued: 'Behind others',
};

function Nothing({ service }: { readonly service: Service }) {
  return (
    <div className={classes.nothing} role="status">
      <IconChecks size={30} aria-hidden className={classes.good} />
      <Text fw={600}>{service} has put nothing aside</Text>
      <Text size="sm" c="dimmed" maw="46ch" ta="center">
        To see a dead letter: go to the{' '}
        <Anchor component={Link} to="/stage" size="sm">
          stage
        </Anchor>
        , put a bug into a step or throw garbage on a topic.
      </Text>
    </div>
  );
}

interface LettersTableProps {
  readonly service: Service;
  readonly letters: readonly Letter[];
  readonly onOpen: (letter: Letter) => void;
}

function LettersTable({ service, letters, onOpen }: LettersTableProps) {
  return (
    <Table.ScrollContainer minWidth={760} className={classes.frame!}>
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <caption className="only-for-screen-readers">What {service} has put aside, oldest first</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Message</Table.Th>
            <Table.Th scope="col">Order</Table.Th>
            <Table.Th scope="col">State</Table.Th>
            <Table.Th scope="col">Cause</Table.Th>
            <Table.Th scope="col">Since</Table.Th>
            <Table.Th scope="col">
              <span className="only-for-screen-readers">Actions</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {letters.map((letter) => (
            <Table.Tr key={letter.id}>
              <Table.Th scope="row" fw={500}>
                {letter.step === '*' ? 'no event of ours' : letter.step}
              </Table.Th>
              <Table.Td>
                <OrderLink letter={letter} />
              </Table.Td>
              <Table.Td className={classes.state!} data-state={letter.state}>
                {STATE_WORDS[letter.state]}
                {letter.state !== 'queued' && (
                  <Text size="xs" c="dimmed" className="tabular">
                    {letter.attempts} {letter.attempts === 1 ? 'attempt' : 'attempts'}
                  </Text>
                )}
              </Table.Td>
              <Table.Td maw={360}>
                <Text size="sm" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
                  {letter.state === 'queued' ? 'nothing is wrong with it' : firstLine(letter.cause)}
                </Text>
              </Table.Td>
              <Table.Td className="tabular" style={{ whiteSpace: 'nowrap' }}>
                {moment(letter.parkedAt)}
              </Table.Td>
              <Table.Td>
                <Button size="xs" variant="default" onClick={() => onOpen(letter)}>
                  Open<span className="only-for-screen-readers"> letter {letter.id}</span>
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

export function OrderLink({ letter }: { readonly letter: Letter }) {
  if (letter.step === '*' || !UUID.test(letter.key)) return <span className={classes.quiet}>none</span>;
  return (
    <Anchor component={Link} to={`/orders/${letter.key}`} size="sm" ff="monospace">
      …{letter.key.slice(-8)}
    </Anchor>
  );
}
