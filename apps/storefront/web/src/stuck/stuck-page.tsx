import { Button, NumberInput, Skeleton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../api/request.js';
import { UnavailableNotice } from '../api/unavailable-notice.js';
import { NothingHere, StageLink } from '../frame/nothing-here.js';
import { Page } from '../frame/page.js';
import { type SagaRow, SagasTable } from './sagas-table.js';

interface SagaPage {
  readonly sagas: readonly SagaRow[];
  readonly next: string | null;
}

const PAGE = 50;
const LOOK_EVERY_MS = 2_000;
const USUAL_SECONDS = 10;
const DEBOUNCE_MS = 300;
const LAST_OF_ALL_SECONDS = 86_400;

/** Slow sagas, the step that each waits for, and the cause. */
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
      lead="A saga ends within about a second, unless a step cannot run. Here are the awaited steps, their times and the causes."
      wide
      actions={
        <NumberInput
          label="Running for more than"
          suffix=" s"
          w={190}
          min={0}
          max={LAST_OF_ALL_SECONDS}
          value={seconds}
          onChange={(value) => setSeconds(Number(value) || 0)}
        />
      }
    >
      <UnavailableNotice what="The sagas" failure={stuck.failureReason} />
      {!sagas && !stuck.failureReason && <Skeleton height={160} />}
      {sagas?.length === 0 && (
        <NothingHere title={`No saga has been running for more than ${olderThan} s`}>
          To see some wait: stop a service on the <StageLink />.
        </NothingHere>
      )}
      {sagas && sagas.length > 0 && <SagasTable sagas={sagas} more={stuck.hasNextPage} />}
      {stuck.hasNextPage && (
        <Button variant="default" mt="md" loading={stuck.isFetchingNextPage} onClick={() => stuck.fetchNextPage()}>
          Show more
        </Button>
      )}
    </Page>
  );
}
