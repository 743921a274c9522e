import type { Consumer } from 'kafkajs';
import { type Connection, clientOf, UNBOUNDED_RETRY } from './client.js';
import { coPartition } from './co-partition.js';
import type { Limits } from './limits.js';
import type { Watch } from './record-codec.js';

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
