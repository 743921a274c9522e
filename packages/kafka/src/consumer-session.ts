import type { Consumer, EachBatchPayload, Offsets } from 'kafkajs';
import type { PartitionBatch } from './batch-assembler.js';
import { withTimeout } from './client.js';
import { type ConsumerSessionOptions, consumerOf } from './consumer.js';
import { FetchWatch } from './fetch-watch.js';
import { Heartbeat, OffsetCommitter } from './group-coordinator.js';
import type { Watch } from './record-codec.js';
import { incoming } from './records/fetched-record.js';
import { TopicWatch } from './topic-watch.js';
import { isConnectionError, KafkaUnreachable, mustRejoin, topicIsGone } from './unreachable.js';

/** One membership in a consumer group, from joining to leaving or crashing: one kafkajs consumer, never reused. */
export class ConsumerSession {
  readonly consumer: Consumer;
  /** The assigned partitions, by topic. */
  readonly assigned = new Map<string, readonly number[]>();
  readonly topicWatch: TopicWatch;
  readonly fetchWatch: FetchWatch;
  readonly committer: OffsetCommitter;
  readonly #heartbeat: Heartbeat;
  /** Counts the joins: records fetched before a join no longer belong to this member. */
  #generation = 0;
  #expelled: Error | undefined;
  #starting: Promise<void> = Promise.resolve();
  /** Between joining and stopping: only then kafkajs can pause. */
  #joined = false;
  #left = false;

  constructor(private readonly options: ConsumerSessionOptions) {
    const { limits, log, backgroundTopics } = options;
    this.committer = new OffsetCommitter(limits, options.settle, log);
    this.#heartbeat = new Heartbeat(limits.heartbeatIntervalMs, (error) => this.#missed(error));
    this.topicWatch = new TopicWatch(log, true);
    this.fetchWatch = new FetchWatch(limits, log, {
      pause: (topic, partition) => this.#canPause(topic) && this.consumer.pause([{ topic, partitions: [partition] }]),
      resume: (topic, partition) => this.#canPause(topic) && this.consumer.resume([{ topic, partitions: [partition] }]),
      lost: options.onLost,
    });
    const watch: Watch = {
      metadata: this.topicWatch.look,
      fetch: (request, answers) => {
        // kafkajs then rejoins, and reads from the committed offsets.
        if (this.topicWatch.takeShrunk()) throw topicIsGone();
        this.fetchWatch.look(request, answers);
      },
      background: { topics: backgroundTopics, intervalMs: limits.backgroundFetchIntervalMs },
    };
    this.consumer = consumerOf(options.connection, options.groupId, limits, watch);
    this.committer.through((offsets) => this.#send(offsets));
    this.#listen();
  }

  /** Connects, then joins in the background; a failed join counts as a crash. Throws {@link KafkaUnreachable}. */
  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  /** Stops fetching the paused topics, and returns records that have not been handed over. */
  applyPauses(): void {
    if (!this.#joined) return;
    const held = this.options.topics.filter((topic) => this.options.paused.has(topic));
    const free = this.options.topics.filter((topic) => !this.options.paused.has(topic));
    this.consumer.pause(held.map((topic) => ({ topic })));
    this.consumer.resume(free.map((topic) => ({ topic })));
    this.options.assembler.recheck();
  }

  /** Ends the current call, commits, leaves the group, then disconnects; each step has a timeout. */
  async leave(): Promise<void> {
    const { limits, log, assembler } = this.options;
    const step = (ms: number, what: string, done: Promise<unknown>) =>
      withTimeout(ms, what, done).catch((error) =>
        log.warn({ error: error.message }, 'The consumer did not leave smoothly.'),
      );
    // kafkajs ignores a stop during its first join (tulios/kafkajs#1571).
    const joined = this.#starting.catch(() => {});
    await step(limits.leaveTimeoutMs, 'Joining', joined);
    this.#left = true;
    await this.committer.now();
    const stopped = this.consumer.stop();
    assembler.recheck();
    await step(limits.drainTimeoutMs, 'Ending the call under way', stopped);
    this.#end();
    assembler.abandon();
    await step(limits.leaveTimeoutMs, 'Disconnecting', this.consumer.disconnect());
  }

  async #start(): Promise<void> {
    const { connection, topics, limits } = this.options;
    try {
      await this.consumer.connect();
      await this.consumer.subscribe({ topics: [...topics], fromBeginning: true });
    } catch (error) {
      throw isConnectionError(error) ? new KafkaUnreachable(connection.brokers, error) : error;
    }
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: limits.maxPartitionsAtOnce,
      eachBatch: (payload) => this.#eachBatch(payload),
    });
  }

  /** Returns when the whole batch is processed or the rest no longer belongs to this member; kafkajs then fetches the next. */
  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    this.committer.through(payload.commitOffsetsIfNecessary);
    await this.#heartbeat.during(payload.heartbeat, this.options.assembler.offer(this.#batchOf(payload)));
    if (this.#expelled || !payload.isRunning()) await this.committer.now();
    if (this.#expelled) throw this.#expelled;
  }

  /**
   * Offsets are resolved once the records are processed, and only while the partition is assigned: an unresolved offset is fetched
   * again (tulios/kafkajs#679), a reassigned one must not be resolved (#1156).
   */
  #batchOf({ batch, isRunning, isStale, resolveOffset }: EachBatchPayload): PartitionBatch {
    const { topic, partition, messages } = batch;
    const generation = this.#generation;
    const isOurs = () => !isStale() && generation === this.#generation;
    const isHeldUp = () => this.#expelled !== undefined || this.options.paused.has(topic);
    return {
      records: messages.map((message) => incoming(topic, partition, message)),
      isWanted: () => isRunning() && isOurs() && !isHeldUp(),
      markProcessed: ({ offset }) => {
        if (!isOurs()) return;
        resolveOffset(offset);
        // Offsets behind the last message of a batch (a transaction's marker) need no processing.
        const isLast = offset === messages.at(-1)?.offset;
        this.committer.advance(topic, partition, isLast ? batch.lastOffset() : offset);
      },
    };
  }

  /** A paused topic is already paused as a whole, which pausing one partition would end. */
  #canPause(topic: string): boolean {
    return this.#joined && !this.#left && !this.options.paused.has(topic);
  }

  /** Commits before the first batch, without records. */
  async #send({ topics }: Offsets): Promise<void> {
    if (!this.#joined || this.#left) return;
    const flat = topics.flatMap(({ topic, partitions }) => partitions.map((one) => ({ topic, ...one })));
    await this.consumer.commitOffsets(flat);
  }

  #missed(error: unknown): void {
    const reason = error instanceof Error ? error : new Error(String(error));
    if (mustRejoin(error)) {
      this.#expelled ??= reason;
      this.options.assembler.recheck();
    } else {
      this.options.log.debug({ error: reason.message }, 'A heartbeat was missed.');
    }
  }

  #listen(): void {
    const { consumer } = this;
    const { FETCH, HEARTBEAT, REBALANCING, GROUP_JOIN, END_BATCH_PROCESS, STOP, CRASH } = consumer.events;
    for (const activity of [FETCH, HEARTBEAT]) consumer.on(activity, this.options.onActivity);
    // Sent before kafkajs requests to join, so that the group still accepts it.
    consumer.on(REBALANCING, () => void this.committer.now());
    // Aborted transactions and the like: there is nothing to process.
    consumer.on(END_BATCH_PROCESS, ({ payload: { batchSize, topic, partition, lastOffset } }) => {
      if (batchSize === 0) this.committer.advance(topic, partition, lastOffset);
    });
    consumer.on(GROUP_JOIN, ({ payload }) => this.#join(payload.memberAssignment));
    consumer.on(STOP, () => {
      this.#joined = false;
    });
    consumer.on(CRASH, ({ payload }) => {
      this.#end();
      this.options.onCrash(payload.error);
    });
  }

  #join(assignment: Record<string, number[]>): void {
    this.#generation++;
    this.#joined = true;
    this.#expelled = undefined;
    this.committer.discard();
    this.assigned.clear();
    for (const [topic, partitions] of Object.entries(assignment)) this.assigned.set(topic, partitions);
    this.fetchWatch.retain(this.assigned);
    this.options.onActivity();
    if (this.#left) return void this.consumer.disconnect().catch(() => {});
    this.applyPauses();
    this.options.onJoin();
  }

  #end(): void {
    this.#left = true;
    this.#generation++;
    this.assigned.clear();
    this.fetchWatch.retain(this.assigned);
    this.#heartbeat.stop();
    this.committer.stop();
  }
}
