import { useInfiniteQuery } from '@tanstack/react-query';
import { productPage } from './product.js';

/** Refresh interval, because stock changes continuously. */
const LOOK_AGAIN_MS = 3_000;

/** The catalogue with live stock, page by page. */
export function useProducts() {
  const query = useInfiniteQuery({
    queryKey: ['products'],
    queryFn: ({ pageParam, signal }) => productPage(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: LOOK_AGAIN_MS,
  });
  return { ...query, products: query.data?.pages.flatMap(({ products }) => products) };
}
