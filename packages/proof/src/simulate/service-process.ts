import { type Aggregate, groupOf, type ServiceSteps, topicsConsumedBy } from '@quadrille/choreography';
import type { CrashPoint } from '@quadrille/crash-points';
import type { IncomingRecord } from '@quadrille/kafka';
import { type OutboxRecord, Relay } from '@quadrille/outbox';
import { Runner } from '@quadrille/runtime';
import type { Chance } from './chance.js';
import { Life, type Run } from './life.js';
import type { MemoryBroker } from './memory-broker.js';
import { type MemoryDatabase, memoryStore } from './memory-database.js';
import { MemoryRelayConnection } from './memory-relay-connection.js';
import type { SimulatedModel } from './model.js';

const LIMITS = {
  batchMaxInputs: 50,
  idempotencySeconds: 86_400,
  callTimeoutMs: 500,
  /** Short, so that deadlines fire. */
  deadlineSeconds: 10,
  deadlinePollMs: 500,
  redrivePollMs: 500,
  redriveMaxKeys: 20,
};
const MOST_RECORDS = 20;
const MOST_SENT = 50;
const DATABASE_PAUSE_MS = 250;
const BROKER_PAUSE_MS = 250;
const MOST_COMMIT_PAUSE_MS = 20;

/** The shared parts of all processes of a service. */
export interface ServiceWorld {
  readonly model: Pick<SimulatedModel, 'system' | 'topics' | 'rows'>;
  readonly part: ServiceSteps;
  readonly aggregates: readonly Aggregate[];
  readonly database: MemoryDatabase;
  readonly gateways: (life: Life) => unknown;
}

/** One process of a service: the real runner and the real relay, with a consumer and a life that can end at any point. */
export class ServiceProcess {
  readonly life: Life;
  private readonly runner: Runner;
  private readonly relay: Relay;
  private readonly group: string;
  private wake = () => {};
  private readonly chance: Chance;

  constructor(
    name: string,
    private readonly run: Run,
    private readonly world: ServiceWorld,
    private readonly broker: MemoryBroker,
  ) {
    const { model, part, aggregates, database, gateways } = world;
    const { system, topics, rows } = model;
    this.life = new Life(name, part.service, run);
    this.chance = run.chanceOf(name);
    this.group = groupOf(system, part.service);
    const logTo = (kind: string) => (facts: any, what: string) =>
      run.journal.note(kind, `${name} ${what} ${facts.key ?? ''} ${facts.code ?? facts.err?.message ?? ''}`);
    const pool = database.poolOf(this.life) as never;
    this.relay = new Relay({
      pool,
      connect: (lost) => MemoryRelayConnection.open(database, this.life, this.chance, lost) as Promise<never>,
      send: (records) => this.send(records),
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
      limits: { batchRecords: MOST_SENT },
    });
    this.runner = new Runner({
      definition: {
        system,
        ...(topics && { topics }),
        rows,
        steps: part,
        stores: aggregates.map((aggregate) => ({ aggregate, store: memoryStore(aggregate, database) })),
      },
      pool,
      gateways: gateways(this.life),
      log: { info: logTo('set aside'), warn: logTo('warned'), error: logTo('error') } as never,
      limits: LIMITS,
      relay: this.relay,
    });
  }

  start(): void {
    this.life.onDeath(() => this.leaveGroup());
    this.joinGroup();
    this.runner.start();
    void this.consume();
    this.relay.start();
  }

  joinGroup(): void {
    const { model, part } = this.world;
    const topics = topicsConsumedBy(model, model.rows, part.service);
    this.broker.join(this.group, topics, this.life, () => this.wake());
  }

  leaveGroup(): void {
    this.broker.leave(this.group, this.life);
  }

  /** Runs a command; rejects if the database is unavailable, and never resolves if the process dies. */
  async command(step: string, data: unknown, key: string, once: string) {
    const outcome = await this.runner.command(step, data, {
      key,
      once: { owner: 'customer', key: once, requestHash: once },
    });
    await this.life.goOn();
    return outcome;
  }

  private async consume(): Promise<void> {
    for (;;) {
      await this.life.pass(this.chance.between(1, 20));
      const records = this.broker.fetch(this.group, this.life, MOST_RECORDS);
      if (records.length === 0) await this.life.called((wake) => (this.wake = wake), 100);
      else await this.take(records);
    }
  }

  private async take(records: readonly IncomingRecord[]): Promise<void> {
    await this.come('consumer.taken');
    while (!(await this.taken(records))) await this.life.pass(DATABASE_PAUSE_MS);
    await this.come('consumer.processed');
    await this.life.pass(this.chance.between(0, MOST_COMMIT_PAUSE_MS));
    while (!(await this.settled())) await this.life.pass(DATABASE_PAUSE_MS);
    await this.come('consumer.committing');
    while (!this.broker.commit(this.group, this.life, records)) await this.life.pass(BROKER_PAUSE_MS);
    await this.come('consumer.committed');
  }

  /** At the position of the same point in the real consumer. */
  private come(point: CrashPoint): Promise<void> {
    this.life.passes(point);
    return this.life.goOn();
  }

  private taken = (records: readonly IncomingRecord[]) => this.whileAlive(() => this.runner.takeRecords(records));

  private settled = () => this.whileAlive(() => this.runner.settle());

  private async whileAlive(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.run.journal.note('batch refused', `${this.life.name} ${(error as Error).message}`);
      return false;
    }
  }

  /** The broker accepts the records, rejects them, or does not answer. */
  private async send(records: readonly OutboxRecord[]): Promise<void> {
    await this.life.pass(this.chance.between(1, 10));
    try {
      this.broker.send(records);
    } catch (error) {
      this.run.journal.note('not sent', `${this.life.name} ${(error as Error).message}`);
      throw error;
    } finally {
      await this.life.goOn();
    }
  }
}
