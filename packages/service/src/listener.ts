import { setTimeout as pause } from 'node:timers/promises';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { groupOf } from '@quadrille/choreography';
import { type IncomingRecord, type KafkaHealth, KafkaTransport } from '@quadrille/kafka';
import type { Pool } from 'pg';
import type { Boot } from './boot.js';
import { consumerLimits } from './broker.js';
import { Every } from './every.js';
import { keepRecords, type ReadModel } from './keep-records.js';
import type { Listening, ReadObserver } from './listening.js';
import { ParkedRecords } from './parked-records.js';
import { transaction } from './transaction.js';
import { WorkHealth, type WorkState } from './work-health.js';

/** How soon a listening service notices that its group has changed. */
const GROUP_POLL_MS = 1_000;
/** A record costs several times its size in memory, and a read side that begins anew reads all there is. */
const MAX_BYTES_PER_FETCH = 1_048_576;

/** The way in of a service that listens: from whole topics to its read model, as a member of the group of the moment. */
export class Listener extends Server implements CustomTransportStrategy {
  private readonly groupWatch: Every;
  private held: readonly string[] = [];
  private transport: KafkaTransport;
  private readonly work: WorkHealth;
  private readonly model: ReadModel;
  private readonly parked: ParkedRecords;

  private constructor(
    private readonly boot: Boot,
    private readonly pool: Pool,
    private readonly listening: Listening,
    private group: string,
    private readonly observe: ReadObserver | undefined,
  ) {
    super();
    this.work = new WorkHealth(boot.log);
    this.model = { pool, listening, onConflict: observe?.conflict };
    this.parked = new ParkedRecords(this.model, this.work);
    this.transport = this.memberOf(group);
    this.groupWatch = new Every(
      GROUP_POLL_MS,
      () => this.work.watch('group', this.follow()).then(() => false),
      () => {},
    );
  }

  /** Not listening yet. */
  static async open(boot: Boot, pool: Pool, listening: Listening, observe?: ReadObserver): Promise<Listener> {
    return new Listener(boot, pool, listening, await groupNow(boot, pool, listening), observe);
  }

  listen(callback: (error?: unknown) => void): void {
    this.transport.listen((error) => {
      if (!error) this.parked.start();
      if (!error && this.listening.group) this.groupWatch.start();
      callback(error);
    });
  }

  async close(): Promise<void> {
    await this.groupWatch.stop();
    await this.transport.close();
    await this.parked.stop();
  }

  /** How writing to the read model goes. */
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

  hold(topics: readonly string[]): void {
    this.held = topics;
    this.transport.hold(topics);
  }

  /** Leaves the group and joins another, when the service says so. */
  private async follow(): Promise<void> {
    const group = await groupNow(this.boot, this.pool, this.listening);
    if (group === this.group) return;
    this.boot.log.info({ from: this.group, to: group }, 'the consumer group changes');
    await this.transport.close();
    this.transport = this.memberOf(group);
    this.transport.hold(this.held);
    await new Promise<void>((resolve, reject) => {
      this.transport.listen((error) => (error ? reject(error) : resolve()));
    });
    this.group = group;
  }

  private memberOf(groupId: string): KafkaTransport {
    const { definition, env, log, onFatal } = this.boot;
    return new KafkaTransport({
      brokers: env.KAFKA_BROKERS,
      clientId: definition.part.service,
      log,
      groupId,
      topics: this.listening.topics,
      onRecords: (records) => this.keep(records),
      onFatal,
      limits: {
        ...consumerLimits(env),
        maxBatchRecords: this.maxBatchRecords,
        maxBytesPerFetch: MAX_BYTES_PER_FETCH,
      },
    });
  }

  private get maxBatchRecords(): number {
    return this.listening.maxBatchRecords ?? this.boot.env.BATCH_MAX_INPUTS;
  }

  private async keep(records: readonly IncomingRecord[]): Promise<void> {
    const until = Date.now() + (this.listening.pauseMs ?? 0);
    const began = performance.now();
    await this.work.watch('batches', keepRecords(this.model, records));
    this.observe?.kept(records.length, (performance.now() - began) / 1_000);
    const rest = until - Date.now();
    // Whoever lags has large batches anyway, and no time to lose.
    if (rest > 0 && records.length < this.maxBatchRecords / 2) await pause(rest);
  }
}

async function groupNow({ definition }: Boot, pool: Pool, { group }: Listening): Promise<string> {
  return group ? transaction(pool, group) : groupOf(definition.system, definition.part.service);
}
