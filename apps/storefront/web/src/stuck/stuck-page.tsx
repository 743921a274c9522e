import { Alert, Anchor, Button, Loader, NumberInput, Skeleton, Table, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChecks, IconStethoscope } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { Link } from 'react-router';
import { Page } from '../frame/page.js';
import { useNow } from '../look/use-now.js';
import { span } from '../look/words.js';
import { AwayNotice } from '../talking/away-notice.js';
import { request } from '../talking/request.js';
import { diagnoseOrder } from './diagnosing.js';
import classes from './stuck.module.css';

/** A saga as `GET /sagas` tells it. */
interface SagaRow {
  readonly orderId: string;
  readonly state: string;
  readonly awaited: { readonly step: string; readonly service: string; readonly since: string } | null;
  readonly startedAt: string;
  readonly lastEvent: string;
}
interface SagaPage {
  readonly sagas: readonly SagaRow[];
  readonly next: string | null;
}

const PAGE = 50;
const LOOK_EVERY_MS = 2_000;
const USUAL_SECONDS = 10;
const DEBOUNCE_MS = 300;
const LAST_OF_ALL_SECONDS = 86_400;

/** Sagas that take too long, whom each waits for, and why that one does not come. */
export default function StuckPage() {
  const [seconds, setSeconds] = useState<number>(USUAL_SECONDS);
  const [olderThan] = useDebouncedValue(seconds, DEBOUNCE_MS);
  const stuck = useInfiniteQuery({
    queryKey: ['stuck', olderThan],
    queryFn: ({ pageParam, signal }) =>
      request<SagaPage>(
        'storefront',
        `/sagas?older-than=${olderThan}&limit=${PAGE}${pageParam && `&cursor=${encodeURIComponent(pageParam)}`}`,
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: LOOK_EVERY_MS,
    placeholderData: (before) => before,
  });
  const sagas = stuck.data?.pages.flatMap((page) => page.sagas);
  return (
    <Page
      title="Stuck sagas"
      lead="A saga ends within a second or so, unless somebody does not come. Here is who is awaited, since when, and what is the matter."
      wide
      actions={
        <NumberInput
          label="Under way for more than"
          suffix=" s"
          w={190}
          min={0}
          max={LAST_OF_ALL_SECONDS}
          value={seconds}
          onChange={(value) => setSeconds(Number(value) || 0)}
        />
      }
    >
      <AwayNotice what="The sagas" failure={stuck.failureReason} />
      {!sagas && !stuck.failureReason && <Skeleton height={160} />}
      {sagas?.length === 0 && <Nothing seconds={olderThan} />}
      {sagas && sagas.length > 0 && <SagaTable sagas={sagas} more={stuck.hasNextPage} />}
      {stuck.hasNextPage && (
        <Button variant="default" mt="md" loading={stuck.isFetchingNextPage} onClick={() => stuck.fetchNextPage()}>
          Show more
        </Button>
      )}
    </Page>
  );
}

function Nothing({ seconds }: { readonly seconds: number }) {
  return (
    <div className={classes.nothing} role="status">
      <IconChecks size={30} aria-hidden className={classes.good} />
      <Text fw={600}>No saga is under way for more than {seconds} s</Text>
      <Text size="sm" c="dimmed">
        To see some wait: stop a service on the{' '}
        <Anchor component={Link} to="/stage" size="sm">
          stage
        </Anchor>
        .
      </Text>
    </div>
  );
}

function SagaTable({ sagas, more }: { readonly sagas: readonly SagaRow[]; readonly more: boolean }) {
  const now = useNow(true, 1_000);
  const [asked, ask] = useState<string>();
  return (
    <>
      <Text size="sm" mb="xs" role="status" className="tabular">
        {sagas.length}
        {more && '+'} {sagas.length === 1 ? 'saga' : 'sagas'}: {whoIsAwaited(sagas)}.
      </Text>
      <Table.ScrollContainer minWidth={760} className={classes.frame!}>
        <Table verticalSpacing="sm" horizontalSpacing="md" className="tabular">
          <caption className="only-for-screen-readers">Sagas that take long, the oldest first</caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Order</Table.Th>
              <Table.Th scope="col">Under way for</Table.Th>
              <Table.Th scope="col">Last event</Table.Th>
              <Table.Th scope="col">Awaited</Table.Th>
              <Table.Th scope="col">Since</Table.Th>
              <Table.Th scope="col">
                <span className="only-for-screen-readers">Actions</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sagas.map(({ orderId, state, startedAt, lastEvent, awaited }) => (
              <Fragment key={orderId}>
                <Table.Tr>
                  <Table.Th scope="row" fw={400}>
                    <Anchor component={Link} to={`/orders/${orderId}`} size="sm" ff="monospace">
                      …{orderId.slice(-8)}
                    </Anchor>
                  </Table.Th>
                  <Table.Td>{span(now - Date.parse(startedAt))}</Table.Td>
                  <Table.Td data-back={state === 'undoing' || undefined} className={classes.event!}>
                    {lastEvent}
                  </Table.Td>
                  <Table.Td>
                    {awaited ? (
                      <>
                        <b>{awaited.step}</b> of {awaited.service}
                      </>
                    ) : (
                      'nobody'
                    )}
                  </Table.Td>
                  <Table.Td>{awaited ? span(now - Date.parse(awaited.since)) : '–'}</Table.Td>
                  <Table.Td>
                    <Button
                      size="xs"
                      variant="default"
                      leftSection={<IconStethoscope size={15} aria-hidden />}
                      aria-expanded={asked === orderId}
                      onClick={() => ask(asked === orderId ? undefined : orderId)}
                    >
                      Why<span className="only-for-screen-readers"> does order {orderId.slice(-8)} wait</span>?
                    </Button>
                  </Table.Td>
                </Table.Tr>
                {asked === orderId && (
                  <Table.Tr>
                    <Table.Td colSpan={6} className={classes.why!}>
                      <DiagnosisOf orderId={orderId} />
                    </Table.Td>
                  </Table.Tr>
                )}
              </Fragment>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

/** What `npx quadrille doctor` would say. */
function DiagnosisOf({ orderId }: { readonly orderId: string }) {
  const { data, error } = useQuery({
    queryKey: ['diagnosis', orderId],
    queryFn: () => diagnoseOrder(orderId),
    refetchInterval: LOOK_EVERY_MS,
  });
  if (error) return <Text size="sm">{error.message}</Text>;
  if (!data) return <Loader size="sm" aria-label="Asking every service" />;
  if (data.findings.length === 0) return <Text size="sm">It is {data.state} by now; nothing is missing.</Text>;
  return data.findings.map(({ cause, step, service, says, next }) => (
    <Alert
      key={`${step} ${service}`}
      color={cause === 'under-way' ? 'gray' : 'undo'}
      variant="light"
      title={says}
      role="status"
    >
      {next}
    </Alert>
  ));
}

/** `12 wait for payment, 1 for shipping` */
function whoIsAwaited(sagas: readonly SagaRow[]): string {
  const services = new Map<string, number>();
  for (const { awaited } of sagas) {
    const who = awaited?.service ?? 'nobody';
    services.set(who, (services.get(who) ?? 0) + 1);
  }
  return [...services]
    .sort(([, a], [, b]) => b - a)
    .map(([service, sagasOf]) => `${sagasOf} wait for ${service}`)
    .join(', ');
}
