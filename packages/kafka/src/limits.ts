/** How much and how long a consumer may; milliseconds and bytes where the name says so. */
export const DEFAULT_LIMITS = {
  /** Records handed over in one call. */
  maxBatchRecords: 500,
  /** Partitions whose records are gathered at the same time; more wait for the next round. */
  maxPartitionsAtOnce: 64,
  maxBytesPerFetch: 4_194_304,
  maxBytesPerPartition: 1_048_576,
  /** How long the broker keeps an empty fetch: bounds how fast an idle consumer notices a rebalance, a release or its end. */
  maxWaitMs: 500,
  /** A crash costs the redelivery of at most what was taken in this time. */
  commitIntervalMs: 500,
  heartbeatIntervalMs: 500,
  /** After this silence the group gives a member's partitions to others. */
  sessionTimeoutMs: 6_000,
  /** How long the group waits for a member to end its call before it goes on without it; and 5 s more, how long a member waits for the group. */
  rebalanceTimeoutMs: 15_000,
  /** The first wait after a refused call; doubles up to the cap, with full jitter. */
  firstRetryMs: 100,
  retryCapMs: 5_000,
  /** How long a stop waits for the call under way. */
  drainTimeoutMs: 10_000,
  /** How long leaving the group and the broker may take. */
  leaveTimeoutMs: 5_000,
  /** Restarts in a row after errors that do not pass by themselves; broker outages are not counted. */
  maxRestarts: 5,
  watchdogIntervalMs: 15_000,
  /** Neither fetch nor heartbeat for so long: the consumer is replaced. */
  inactiveAfterMs: 60_000,
  /** Records come and none is committed for so long: the consumer is wedged. */
  wedgedAfterMs: 60_000,
};

/** The bounds of a consumer, in the units of their names. */
export type Limits = Readonly<typeof DEFAULT_LIMITS>;
