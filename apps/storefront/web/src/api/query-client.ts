import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { Problem } from './problem.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** The pause before the nth retry: exponential, with jitter, so that pages do not retry all at once. */
export const pauseBeforeRetry = (attempt: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.75 + Math.random() / 2);

/** The session of the user may have expired. */
function onError(error: Error): void {
  if (error instanceof Problem && error.status === 401) void queryClient.invalidateQueries({ queryKey: SESSION });
}

/** The key of the signed-in user. */
export const SESSION = ['session'];

/**
 * Reads are retried until they succeed while a service is unavailable; a refusal is final. So a page recovers automatically. Its
 * data stay visible, with a note about the unavailable service (`query.failureReason`).
 */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      retry: (_, error) => error instanceof Problem && error.isTransient,
      retryDelay: pauseBeforeRetry,
      networkMode: 'always',
      staleTime: 1_000,
    },
    mutations: { networkMode: 'always' },
  },
});
