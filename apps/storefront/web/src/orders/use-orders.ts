import { useInfiniteQuery } from '@tanstack/react-query';
import { request } from '../api/request.js';
import type { Order } from './order.js';

/** The filters of the list; an empty text means all. */
export interface OrderFilter {
  readonly customerId: string;
  readonly status: string;
}

interface OrderPage {
  readonly orders: readonly Order[];
  readonly next: string | null;
}

const PAGE = 20;
const LOOK_AGAIN_MS = 3_000;

/** Orders, newest first, page by page; the first page is refreshed automatically. */
export function useOrders({ customerId, status }: OrderFilter) {
  const query = useInfiniteQuery({
    queryKey: ['orders', 'list', customerId, status],
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams({ limit: String(PAGE) });
      if (customerId) search.set('customerId', customerId);
      if (status) search.set('status', status);
      if (pageParam) search.set('cursor', pageParam);
      return request<OrderPage>('order', `/orders?${search}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    // With several pages, each refresh would reload all of them; older orders rarely change.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : LOOK_AGAIN_MS),
  });
  return { ...query, orders: query.data?.pages.flatMap(({ orders }) => orders) };
}
