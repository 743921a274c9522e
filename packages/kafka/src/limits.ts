/** The limits of a consumer; milliseconds and bytes as in the names. */
export const DEFAULT_LIMITS = {
  /** Maximum records per call. */
  maxBatchRecords: 500,
  /** Maximum partitions per call; further ones wait for the next. */
  maxPartitionsAtOnce: 64,
  maxBytesPerFetch: 4_194_304,
  maxBytesPerPartition: 1_048_576,
  /**
   * Maximum wait of the broker before an empty response: limits how fast an idle consumer detects a rebalance, a resume or its
   * end.
   */
  maxWaitMs: 500,
  /** Interval between fetches of the background topics. */
  backgroundFetchIntervalMs: 250,
  /** A crash causes the redelivery of at most the records of this interval. */
  commitIntervalMs: 500,
  heartbeatIntervalMs: 500,
  /** Without heartbeats for this time, the group reassigns a member's partitions. */
  sessionTimeoutMs: 6_000,
  /** Maximum time that the group waits for a member to end its call; and, plus 5 s, that a member waits for the group. */
  rebalanceTimeoutMs: 15_000,
  /** The first pause after a failed call; doubles up to the cap, with full jitter. */
  firstRetryMs: 100,
  retryCapMs: 5_000,
  /** Maximum time that a stop waits for the current call. */
  drainTimeoutMs: 10_000,
  /** Maximum time for leaving the group and the broker. */
  leaveTimeoutMs: 5_000,
  /** Consecutive restarts after permanent errors; broker outages do not count. */
  maxRestarts: 5,
  watchdogIntervalMs: 15_000,
  /** Without a fetch or heartbeat for this time, the consumer is replaced. */
  inactiveAfterMs: 60_000,
  /** With waiting records and no commit for this time, the consumer counts as stalled. */
  stalledAfterMs: 60_000,
};

/** The limits of a consumer, in the units of their names. */
export type Limits = Readonly<typeof DEFAULT_LIMITS>;

/**
 * The pause before the next attempt, in milliseconds: exponential, capped, with full jitter, so that clients that failed together
 * do not retry together. The first retry is attempt 0.
 */
export const backoffMs = (attempt: number, firstMs: number, capMs: number, random = Math.random): number =>
  Math.ceil(random() * Math.min(capMs, firstMs * 2 ** Math.min(attempt, 30)));
