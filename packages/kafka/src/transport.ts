import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { BatchAssembler, type FailingBatch } from './batch-assembler.js';
import type { Connection } from './client.js';
import { ConsumerLag, type Progress, StallDetector } from './consumer-lag.js';
import { ConsumerSession } from './consumer-session.js';
import type { FailingPartition } from './fetch-watch.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import { type Log, silent } from './log.js';
import type { IncomingRecord } from './record.js';
import { type ConsumerState, Supervisor } from './supervisor.js';

/** The settings of a transport. */
export interface KafkaTransportOptions extends Connection {
  /** One set of topics per group: all instances of a service have the same. */
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Of these, the topics whose records nothing waits for: they are read up to `limits.backgroundFetchIntervalMs` later. */
  readonly backgroundTopics?: readonly string[];
  /** Resolves when all of these records are processed durably; only then their offsets are committed. */
  readonly onRecords: (records: readonly IncomingRecord[]) => Promise<void>;
  /** Called before offsets are committed, for work that `onRecords` may have deferred. If it rejects, no offset is committed. */
  readonly settle?: () => Promise<void>;
  /** The consumer was given up: the process should exit, so that its supervisor restarts it. */
  readonly onFatal?: (error: Error) => void;
  readonly limits?: Partial<Limits>;
}

/** The health of the consumer, for liveness and readiness. */
export interface KafkaHealth {
  readonly state: ConsumerState;
  /** Epoch milliseconds of the last fetch or heartbeat. */
  readonly lastActivityAt: number;
  /** The number of assigned partitions. */
  readonly assigned: number;
  /** Records handed over and not processed yet. */
  readonly inFlight: number;
  /** Records accumulate and no partition is committed, though no topic is paused. */
  readonly stalled: boolean;
  /** A batch that has failed repeatedly. All partitions of this member wait for it. */
  readonly failingBatch?: FailingBatch | undefined;
  /** Topics that are deleted or refused; the others continue, and these once they are available again. */
  readonly unavailableTopics: readonly string[];
  /** Partitions whose records cannot be fetched or read at the moment. */
  readonly failing: readonly FailingPartition[];
  /** Records that were removed from their topic before this group consumed them, since this transport was created; at most. */
  readonly recordsLost: number;
}

/** Delivers the records of some topics in batches, so that each can be one transaction. A transport strategy for Nest. */
export class KafkaTransport extends Server implements CustomTransportStrategy {
  readonly #supervisor: Supervisor;
  readonly #assembler: BatchAssembler;
  readonly #progress: ConsumerLag;
  readonly #limits: Limits;
  readonly #log: Log;
  readonly #paused = new Set<string>();
  readonly #stalls: StallDetector;
  #stalled: readonly string[] = [];
  #watchdog: NodeJS.Timeout | undefined;
  #recordsLost = 0;

  constructor(private readonly options: KafkaTransportOptions) {
    super();
    const { groupId, topics, backgroundTopics, log = silent, onFatal = () => {}, settle = async () => {} } = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#log = log;
    this.#stalls = new StallDetector(this.#limits.stalledAfterMs);
    this.#progress = new ConsumerLag(options, groupId);
    this.#assembler = new BatchAssembler(options.onRecords.bind(options), this.#limits, log);
    const onLost = (records: number) => {
      this.#recordsLost += records;
    };
    const answered = {
      connection: options,
      groupId,
      topics,
      backgroundTopics: new Set(backgroundTopics),
      settle,
      assembler: this.#assembler,
      paused: this.#paused,
      onLost,
    };
    this.#supervisor = new Supervisor(
      (hooks) => new ConsumerSession({ ...answered, limits: this.#limits, log, ...hooks }),
      this.#limits,
      log,
      onFatal,
      () => this.#assembler.callsProcessed,
    );
  }

  /** Joins the group. The callback receives an error if no broker responds. */
  listen(callback: (error?: unknown) => void): void {
    this.#supervisor.start().then(
      () => {
        this.#watchdog = setInterval(() => this.#watch(), this.#limits.watchdogIntervalMs);
        this.#watchdog.unref();
        callback();
      },
      (error: unknown) => callback(error),
    );
  }

  /** Ends the current call, commits and leaves the group. */
  async close(): Promise<void> {
    clearInterval(this.#watchdog);
    await this.#supervisor.stop();
    await this.#progress.disconnect();
  }

  /** There are no events to listen to: `health()` has all information. */
  on(event: string): void {
    throw new Error(`The Kafka transport has no event '${event}'.`);
  }

  /** The current consumer of kafkajs, for features that this class does not offer. */
  unwrap<T>(): T {
    return this.#supervisor.session?.consumer as T;
  }

  health(): KafkaHealth {
    const { state, lastActivityAt, session } = this.#supervisor;
    const assigned = [...(session?.assigned.values() ?? [])].reduce((sum, partitions) => sum + partitions.length, 0);
    return {
      state,
      lastActivityAt,
      assigned,
      inFlight: this.#assembler.inFlight,
      stalled: this.#stalled.length > 0,
      failingBatch: this.#assembler.failing,
      unavailableTopics: session?.topicWatch.unavailable ?? [],
      failing: session?.fetchWatch.failing ?? [],
      recordsLost: this.#recordsLost,
    };
  }

  /**
   * The number of records of each partition that the whole group has not committed yet, by `topic/partition`; of existing topics.
   */
  async lag(): Promise<Record<string, number>> {
    const progress = await this.#progress.of(this.#available());
    return Object.fromEntries([...progress].map(([name, { committed, end }]) => [name, Number(end - committed)]));
  }

  /** Pauses exactly these topics until the next call; the others are resumed. Persists over rebalances and restarts. */
  pause(topics: readonly string[]): void {
    this.#paused.clear();
    for (const topic of topics) this.#paused.add(topic);
    this.#supervisor.session?.applyPauses();
  }

  #progressed(): void {
    this.#stalls.reset();
    this.#stalled = [];
  }

  #available(): string[] {
    const gone = this.#supervisor.session?.topicWatch.unavailable ?? [];
    return this.options.topics.filter((topic) => !gone.includes(topic));
  }

  async #watch(): Promise<void> {
    const { session, state, lastActivityAt } = this.#supervisor;
    if (!session || state !== 'running') return;
    if (Date.now() - lastActivityAt > this.#limits.inactiveAfterMs) return this.#supervisor.replaceSilent();
    // Committed offsets are progress: only a consumer without them needs the queries, one or two per topic.
    if (session.committer.takeCommitted()) return this.#progressed();
    try {
      const all = await this.#progress.of(this.#available());
      const failing = new Set(session.fetchWatch.failing.map(({ topic, partition }) => `${topic}/${partition}`));
      const ours = new Map<string, Progress>();
      for (const [topic, partitions] of session.assigned) {
        if (this.#paused.has(topic)) continue;
        for (const name of partitions.map((partition) => `${topic}/${partition}`)) {
          if (all.has(name) && !failing.has(name)) ours.set(name, all.get(name)!);
        }
      }
      this.#stalled = this.#stalls.look(Date.now(), ours);
      if (this.#stalled.length > 0)
        this.#log.error({ partitions: this.#stalled }, 'Records accumulate and none is committed.');
    } catch (error) {
      this.#log.debug({ error: (error as Error).message }, 'Lag could not be queried.');
    }
  }
}
