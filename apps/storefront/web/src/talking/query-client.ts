import { QueryClient } from '@tanstack/react-query';
import { Problem } from './problem.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** How long to wait before asking again for the nth time: doubling, with jitter, so that pages do not come back all at once. */
export const pauseBeforeRetry = (attempt: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.75 + Math.random() / 2);

/**
 * Reads are asked again until they succeed while somebody is away; a refusal is final. So a page recovers by itself. What is
 * known stays on the page meanwhile, with a note that says who is away (`query.failureReason`).
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (_, error) => error instanceof Problem && error.passes,
      retryDelay: pauseBeforeRetry,
      networkMode: 'always',
      staleTime: 1_000,
    },
    mutations: { networkMode: 'always' },
  },
});
