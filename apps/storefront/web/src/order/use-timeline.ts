import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useLive } from '../api/live.js';
import { request } from '../api/request.js';
import type { Timeline } from './timeline.js';

/** Seconds for which the storefront waits for the first event of a new order. */
const FIRST_EVENT_WITHIN_SECONDS = 8;
/** Poll interval in addition to live events, for a connection that is lost silently. */
const LOOK_AGAIN_MS = 5_000;
const LIVE_EVERY_MS = 100;

/** The timeline of an order, updated until the saga and its follow-ups are done. */
export function useTimeline(orderId: string) {
  const [connected, setConnected] = useState(false);
  const queries = useQueryClient();
  const key = ['timeline', orderId];
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      request<Timeline>('storefront', `/timeline/${orderId}?waitSeconds=${FIRST_EVENT_WITHIN_SECONDS}`, { signal }),
    refetchInterval: ({ state: { data } }) => (data && isAtRest(data) ? false : LOOK_AGAIN_MS),
  });
  const lookAgain = useCallback(() => void queries.invalidateQueries({ queryKey: key }), [queries, orderId]);
  useLive({
    orderId,
    everyMs: LIVE_EVERY_MS,
    onBatch: lookAgain,
    onConnected: (now) => {
      setConnected(now);
      // Events between the first load and the connection were not streamed.
      if (now) lookAgain();
    },
  });
  return { ...query, connected };
}

/** The saga has ended, and all follow-ups are done. */
const isAtRest = ({ endedAt, afterwards }: Timeline): boolean => endedAt !== null && afterwards.length === 0;
