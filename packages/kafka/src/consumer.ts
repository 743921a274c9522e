import type { Consumer } from 'kafkajs';
import type { BatchAssembler } from './batch-assembler.js';
import { type Connection, clientOf, UNBOUNDED_RETRY } from './client.js';
import { coPartition } from './co-partition.js';
import type { Limits } from './limits.js';
import type { Log } from './log.js';
import type { Watch } from './record-codec.js';

/** The settings and callbacks of a member. */
export interface ConsumerSessionOptions {
  readonly connection: Connection;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly backgroundTopics: ReadonlySet<string>;
  readonly assembler: BatchAssembler;
  /** Called before offsets are committed: resolves when all deferred work of the records is durable as well. */
  readonly settle: () => Promise<void>;
  /** The currently paused topics; read anew each time. */
  readonly paused: ReadonlySet<string>;
  readonly limits: Limits;
  readonly log: Log;
  /** Records were removed before this group consumed them: at most this many. */
  readonly onLost: (records: number) => void;
  readonly onActivity: () => void;
  readonly onJoin: () => void;
  readonly onCrash: (error: Error) => void;
}

/** A kafkajs consumer with our settings. It never restarts itself: its owner decides after a crash. */
export const consumerOf = (connection: Connection, groupId: string, limits: Limits, watch: Watch): Consumer =>
  clientOf(connection, watch).consumer({
    groupId,
    partitionAssigners: [coPartition],
    heartbeatInterval: limits.heartbeatIntervalMs,
    sessionTimeout: limits.sessionTimeoutMs,
    rebalanceTimeout: limits.rebalanceTimeoutMs,
    maxWaitTimeInMs: limits.maxWaitMs,
    // With more, each fetch would wait for its full time (tulios/kafkajs#806).
    minBytes: 1,
    maxBytes: limits.maxBytesPerFetch,
    maxBytesPerPartition: limits.maxBytesPerPartition,
    allowAutoTopicCreation: false,
    retry: { ...UNBOUNDED_RETRY, restartOnFailure: async () => false },
  });
