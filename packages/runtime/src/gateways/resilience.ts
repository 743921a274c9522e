import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  fullJitterGenerator,
  handleWhen,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';

/** Limits of calls to a gateway. A call takes at most about `(retries + 1) * timeoutMs` plus the pauses. */
export interface ResilienceLimits {
  /** Name of the external service, for errors, health and metrics: `payment-provider`. */
  readonly name?: string;
  /** Timeout of one attempt. */
  readonly timeoutMs: number;
  /** Maximum concurrent calls. */
  readonly concurrent: number;
  /** Maximum queued calls; a further call is rejected at once. */
  readonly queued: number;
  /** Attempts after the first, with exponential pauses and full jitter. */
  readonly retries: number;
  /** Maximum pause before the first retry in ms; it doubles with each retry. */
  readonly firstPauseMs?: number;
  /** Consecutive failures that open the circuit. */
  readonly breakAfterFailures: number;
  /** After this time one call is sent as a probe. */
  readonly halfOpenAfterMs: number;
  /** False for a permanent error, such as a 400: it is rethrown at once and does not open the circuit. */
  readonly isTransient?: (error: Error) => boolean;
}

/** Current state of a policy. */
export interface ResilienceState {
  readonly circuit: 'closed' | 'open' | 'half-open';
  readonly running: number;
  readonly waiting: number;
}

/** Wraps calls to a gateway with timeout, circuit breaker, retry and bulkhead. */
export interface ResiliencePolicy {
  readonly name: string;
  /** Runs one call. `signal` aborts at the timeout: pass it to `fetch`. Rejects with {@link GatewayUnavailable} on an outage. */
  call<Answer>(call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer>;
  state(): ResilienceState;
}

/** The external service did not answer; retry later. The cause is the error of the last attempt. */
export class GatewayUnavailable extends Error {
  constructor(what: string, why: string, cause: unknown) {
    super(`${what}: ${why}`, { cause });
    this.name = 'OutsideUnavailable';
  }
}

/** Limits for an HTTP gateway that many batches call; the gateway sets its own timeout. */
export const HTTP_RESILIENCE = {
  concurrent: 64,
  /** Above the need of one batch; rejected calls are parked and retried. */
  queued: 2_000,
  retries: 2,
  firstPauseMs: 50,
  breakAfterFailures: 20,
  halfOpenAfterMs: 1_000,
} satisfies Omit<ResilienceLimits, 'timeoutMs'>;

const LONGEST_PAUSE_MS = 2_000;
const policies = new Set<ResiliencePolicy>();

/** All policies of this process, for health and metrics. */
export const policiesOfThisProcess = (): readonly ResiliencePolicy[] => [...policies];

/** Makes a policy of timeout, circuit breaker, retry and bulkhead (innermost first). Use one per external service. */
export function resilient(limits: ResilienceLimits): ResiliencePolicy {
  const { name = 'gateway', concurrent, queued } = limits;
  const isOutage = (error: Error) =>
    error instanceof TaskCancelledError || error instanceof BulkheadRejectedError
      ? true
      : !(error instanceof BrokenCircuitError) && (limits.isTransient?.(error) ?? true);
  const gate = bulkhead(concurrent, queued);
  const again = retry(handleWhen(isOutage), {
    maxAttempts: limits.retries,
    backoff: new ExponentialBackoff({
      generator: fullJitterGenerator,
      initialDelay: limits.firstPauseMs ?? 100,
      maxDelay: LONGEST_PAUSE_MS,
    }),
  });
  const breaker = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: limits.halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(limits.breakAfterFailures),
  });
  const bounded = timeout(limits.timeoutMs, TimeoutStrategy.Aggressive);
  const policy = wrap(gate, again, breaker);
  const guard: ResiliencePolicy = {
    name,
    call: (call) =>
      policy
        // Not part of `wrap`: in the half-open state, the breaker passes one signal to all calls, and each would add a listener
        // to it.
        .execute(() => bounded.execute(({ signal }) => call(signal)))
        .catch((error: Error) => {
          throw isOutage(error) || error instanceof BrokenCircuitError
            ? new GatewayUnavailable(name, reasonOf(error, limits), error)
            : error;
        }),
    state: () => ({
      circuit:
        breaker.state === CircuitState.Closed
          ? 'closed'
          : breaker.state === CircuitState.HalfOpen
            ? 'half-open'
            : 'open',
      running: concurrent - gate.executionSlots,
      waiting: queued - gate.queueSlots,
    }),
  };
  policies.add(guard);
  return guard;
}

function reasonOf(error: Error, limits: ResilienceLimits): string {
  if (error instanceof TaskCancelledError) return `no answer within ${limits.timeoutMs} ms`;
  if (error instanceof BrokenCircuitError) return 'not called: the circuit is open after too many failures';
  if (error instanceof BulkheadRejectedError) return `not called: ${limits.queued} calls are queued already`;
  return error.message;
}

/** Far above the size of any answer of a provider or carrier. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * Reads the text of an HTTP response, cut after 64 KiB; the rest is not read. Cut text is no valid JSON, so callers reject it
 * like any malformed answer.
 */
export async function answerText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let left = MAX_ANSWER_BYTES;
  // Leaving the loop cancels the stream.
  for await (const bytes of response.body ?? []) {
    text += decoder.decode((bytes as Uint8Array).subarray(0, left), { stream: true });
    left -= (bytes as Uint8Array).length;
    if (left <= 0) return text;
  }
  return text + decoder.decode();
}
