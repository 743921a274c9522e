import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useLive } from '../talking/live.js';
import { request } from '../talking/request.js';
import type { Timeline } from './timeline.js';

/** How long the storefront waits for the first event of an order that was placed just now, in seconds. */
const FIRST_EVENT_WITHIN_SECONDS = 8;
/** Besides what is told live: should the connection be lost without a sound. */
const LOOK_AGAIN_MS = 5_000;
const LIVE_EVERY_MS = 100;

/** The evidence of an order, kept up to date while anything can still happen. */
export function useTimeline(orderId: string) {
  const [connected, setConnected] = useState(false);
  const queries = useQueryClient();
  const key = ['timeline', orderId];
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      request<Timeline>('storefront', `/timeline/${orderId}?patience=${FIRST_EVENT_WITHIN_SECONDS}`, { signal }),
    refetchInterval: ({ state: { data } }) => (data && isAtRest(data) ? false : LOOK_AGAIN_MS),
  });
  const lookAgain = useCallback(() => void queries.invalidateQueries({ queryKey: key }), [queries, orderId]);
  useLive({
    orderId,
    everyMs: LIVE_EVERY_MS,
    onBatch: lookAgain,
    onConnected: (now) => {
      setConnected(now);
      // What happened between the first look and now nobody has told.
      if (now) lookAgain();
    },
  });
  return { ...query, connected };
}

/** It has ended, and everybody who acts afterwards has acted. */
const isAtRest = ({ endedAt, afterwards }: Timeline): boolean => endedAt !== null && afterwards.length === 0;
