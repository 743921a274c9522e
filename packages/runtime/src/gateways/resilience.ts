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

/** How a port to the outside world is guarded. A call takes at most about `(retries + 1) * timeoutMs` and the pauses between. */
export interface ResilienceLimits {
  /** What stands behind the port, for errors, health and metrics: `payment-provider`. */
  readonly name?: string;
  /** Of one attempt. */
  readonly timeoutMs: number;
  /** Calls that run at once. */
  readonly concurrent: number;
  /** Calls that may wait for their turn; one more is turned away at once. */
  readonly queued: number;
  /** Further attempts after the first, with exponential pauses of full jitter. */
  readonly retries: number;
  /** The longest pause before the first repetition; it doubles from there. */
  readonly firstPauseMs?: number;
  /** Failed attempts in a row after which nobody is sent for a while. */
  readonly breakAfterFailures: number;
  /** After this time one call is let through to see whether the other side is back. */
  readonly halfOpenAfterMs: number;
  /** False for an error that no repetition helps, such as a 400: it is passed on at once and does not break the circuit. */
  readonly isTransient?: (error: Error) => boolean;
}

/** What a guard sees at this moment. */
export interface ResilienceState {
  readonly circuit: 'closed' | 'open' | 'half-open';
  readonly running: number;
  readonly waiting: number;
}

/** Stands between us and a port: what it lets through, it bounds. */
export interface ResiliencePolicy {
  readonly name: string;
  /** Runs one call; `signal` ends when its time is over: hand it to `fetch`. Rejects with {@link GatewayUnavailable} for the weather. */
  call<Answer>(ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer>;
  state(): ResilienceState;
}

/** The outside world did not answer; trying again later is right. The cause is the last attempt's error. */
export class GatewayUnavailable extends Error {
  constructor(what: string, why: string, cause: unknown) {
    super(`${what}: ${why}`, { cause });
    this.name = 'OutsideUnavailable';
  }
}

/** For a port over HTTP that many batches ask: what it does not say of itself. */
export const HTTP_RESILIENCE = {
  concurrent: 64,
  /** More than one batch can need; what is turned away is parked and asked again later. */
  queued: 2_000,
  retries: 2,
  firstPauseMs: 50,
  breakAfterFailures: 20,
  halfOpenAfterMs: 1_000,
} satisfies Omit<ResilienceLimits, 'timeoutMs'>;

const LONGEST_PAUSE_MS = 2_000;
const policies = new Set<ResiliencePolicy>();

/** Every guard of this process: for health and metrics. */
export const policiesOfThisProcess = (): readonly ResiliencePolicy[] => [...policies];

/** Makes a guard out of timeout, circuit breaker, retry and bulkhead (from the inside out). One for each thing outside. */
export function resilient(limits: ResilienceLimits): ResiliencePolicy {
  const { name = 'outside', concurrent, queued } = limits;
  const isWeather = (error: Error) =>
    error instanceof TaskCancelledError || error instanceof BulkheadRejectedError
      ? true
      : !(error instanceof BrokenCircuitError) && (limits.isTransient?.(error) ?? true);
  const gate = bulkhead(concurrent, queued);
  const again = retry(handleWhen(isWeather), {
    maxAttempts: limits.retries,
    backoff: new ExponentialBackoff({
      generator: fullJitterGenerator,
      initialDelay: limits.firstPauseMs ?? 100,
      maxDelay: LONGEST_PAUSE_MS,
    }),
  });
  const breaker = circuitBreaker(handleWhen(isWeather), {
    halfOpenAfter: limits.halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(limits.breakAfterFailures),
  });
  const bounded = timeout(limits.timeoutMs, TimeoutStrategy.Aggressive);
  const policy = wrap(gate, again, breaker);
  const guard: ResiliencePolicy = {
    name,
    call: (ask) =>
      policy
        // Not wrapped: after a test of its own the breaker hands on one signal of all calls, and each would listen to it.
        .execute(() => bounded.execute(({ signal }) => ask(signal)))
        .catch((error: Error) => {
          throw isWeather(error) || error instanceof BrokenCircuitError
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
  if (error instanceof BrokenCircuitError) return 'not asked, because it failed too often just now';
  if (error instanceof BulkheadRejectedError) return `not asked, because ${limits.queued} calls wait already`;
  return error.message;
}
