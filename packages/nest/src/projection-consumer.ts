import { setTimeout as pause } from 'node:timers/promises';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { groupOf } from '@quadrille/choreography';
import { type IncomingRecord, type KafkaHealth, KafkaTransport, WireCodec } from '@quadrille/kafka';
import { transaction } from '@quadrille/postgres';
import {
  applyRecords,
  ParkedRecords,
  PollingLoop,
  type Projection,
  type ReadModel,
  type ReadObserver,
  WorkHealth,
  type WorkState,
} from '@quadrille/runtime';
import type { Pool } from 'pg';
import { connectionOf, consumerLimits } from './broker.js';
import type { ServiceContext } from './service-context.js';

/** Interval at which a projection detects a change of its group. */
const GROUP_POLL_MS = 1_000;
/** A record costs several times its size in memory, and a rebuilt read side reads all records. */
const MAX_BYTES_PER_FETCH = 1_048_576;

/** The consumer of a projection: from whole topics to its read model, as a member of the current group. */
export class ProjectionConsumer extends Server implements CustomTransportStrategy {
  private readonly groupWatch: PollingLoop;
  private paused: readonly string[] = [];
  private transport: KafkaTransport;
  private readonly work: WorkHealth;
  private readonly model: ReadModel;
  private readonly parked: ParkedRecords;
  private readonly codec: WireCodec | undefined;

  private constructor(
    private readonly context: ServiceContext,
    private readonly pool: Pool,
    private readonly projection: Projection,
    private group: string,
    private readonly observe: ReadObserver | undefined,
  ) {
    super();
    const { wire } = context.definition;
    this.codec = wire && new WireCodec(wire);
    this.work = new WorkHealth(context.log);
    this.model = { pool, projection, otherSteps: context.definition.otherSteps, onConflict: observe?.conflict };
    this.parked = new ParkedRecords(this.model, this.work);
    this.transport = this.memberOf(group);
    this.groupWatch = new PollingLoop(
      GROUP_POLL_MS,
      () => this.work.watch('group', this.follow()).then(() => false),
      () => {},
    );
  }

  /** Opens the consumer without starting it. */
  static async open(
    context: ServiceContext,
    pool: Pool,
    projection: Projection,
    observe?: ReadObserver,
  ): Promise<ProjectionConsumer> {
    return new ProjectionConsumer(context, pool, projection, await groupNow(context, pool, projection), observe);
  }

  listen(callback: (error?: unknown) => void): void {
    this.transport.listen((error) => {
      if (!error) this.parked.start();
      if (!error && this.projection.group) this.groupWatch.start();
      callback(error);
    });
  }

  async close(): Promise<void> {
    await this.groupWatch.stop();
    await this.transport.close();
    await this.parked.stop();
  }

  /** The state of writing to the read model. */
  states(): Record<string, WorkState> {
    return this.parked.states();
  }

  isFailing(...works: readonly string[]): boolean {
    return this.work.isFailing(...works);
  }

  on(event: string): void {
    this.transport.on(event);
  }

  unwrap<T>(): T {
    return this.transport.unwrap();
  }

  health(): KafkaHealth {
    return this.transport.health();
  }

  lag(): Promise<Record<string, number>> {
    return this.transport.lag();
  }

  pause(topics: readonly string[]): void {
    this.paused = topics;
    this.transport.pause(topics);
  }

  /** Leaves the group and joins another one, when the service changes it. */
  private async follow(): Promise<void> {
    const group = await groupNow(this.context, this.pool, this.projection);
    if (group === this.group) return;
    this.context.log.info({ from: this.group, to: group }, 'the consumer group changes');
    await this.transport.close();
    this.transport = this.memberOf(group);
    this.transport.pause(this.paused);
    await new Promise<void>((resolve, reject) => {
      this.transport.listen((error) => (error ? reject(error) : resolve()));
    });
    this.group = group;
  }

  private memberOf(groupId: string): KafkaTransport {
    const { env, onFatal } = this.context;
    return new KafkaTransport({
      ...connectionOf(this.context),
      groupId,
      topics: this.projection.topics,
      onRecords: async (records) => this.apply(await this.readable(records)),
      onFatal,
      limits: {
        ...consumerLimits(env),
        maxBatchRecords: this.maxBatchRecords,
        maxBytesPerFetch: MAX_BYTES_PER_FETCH,
      },
    });
  }

  /** In the default form. */
  private readable(records: readonly IncomingRecord[]): readonly IncomingRecord[] | Promise<readonly IncomingRecord[]> {
    const { codec } = this;
    return codec ? Promise.all(records.map((record) => codec.toDefault(record))) : records;
  }

  private get maxBatchRecords(): number {
    return this.projection.maxBatchRecords ?? this.context.env.BATCH_MAX_INPUTS;
  }

  private async apply(records: readonly IncomingRecord[]): Promise<void> {
    const until = Date.now() + (this.projection.pauseMs ?? 0);
    const began = performance.now();
    await this.work.watch('batches', applyRecords(this.model, records));
    this.observe?.applied(records.length, (performance.now() - began) / 1_000);
    const rest = until - Date.now();
    // With a backlog, batches are large anyway, and a pause would only delay them.
    if (rest > 0 && records.length < this.maxBatchRecords / 2) await pause(rest);
  }
}

async function groupNow({ definition }: ServiceContext, pool: Pool, { group }: Projection): Promise<string> {
  return group ? transaction(pool, group) : groupOf(definition.system, definition.steps.service);
}
