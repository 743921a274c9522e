import { groupOf, type Part, topicsHeardBy } from '@quadrille/choreography';
import { shop } from '@quadrille/contracts';
import { type IncomingRecord, keep } from '@quadrille/service';
import { Runner } from '@quadrille/service/runner';
import { Life, type Run } from './life.js';
import type { MemoryBroker } from './memory-broker.js';
import { type MemoryDatabase, memoryStore } from './memory-database.js';

const SYSTEM = 'quadrille';
const LIMITS = {
  batchMaxInputs: 50,
  idempotencySeconds: 86_400,
  askPatienceMs: 500,
  /** Short, so that deadlines do strike. */
  deadlineSeconds: 10,
  clockPollMs: 500,
  redrivePollMs: 500,
  redriveMaxKeys: 20,
};
const MOST_RECORDS = 20;
const MOST_SENT = 50;
const DATABASE_PAUSE_MS = 250;
const SHARDS = 16;

/** Who sends which part of an outbox; a dead process gives its parts back. */
export type ShardHolders = (Life | undefined)[];
export const noHolders = (): ShardHolders => Array.from({ length: SHARDS }, () => undefined);

/** What a process of a service shares with the others. */
export interface ServiceWorld {
  readonly part: Part;
  readonly aggregates: readonly Parameters<typeof memoryStore>[0][];
  readonly database: MemoryDatabase;
  readonly holders: ShardHolders;
  readonly outside: unknown;
}

/** One process of a service: the real runner with a consumer, a relay and a life that can end at any point. */
export class ServiceProcess {
  readonly life: Life;
  private readonly runner: Runner;
  private readonly group: string;
  private wake = () => {};
  private ring = () => {};

  constructor(
    name: string,
    private readonly run: Run,
    private readonly world: ServiceWorld,
    private readonly broker: MemoryBroker,
  ) {
    const { part, aggregates, database, outside } = world;
    this.life = new Life(name, run);
    this.group = groupOf(SYSTEM, part.service);
    const tell = (kind: string) => (facts: any, what: string) =>
      run.journal.note(kind, `${name} ${what} ${facts.key ?? ''} ${facts.code ?? facts.err?.message ?? ''}`);
    this.runner = new Runner({
      definition: {
        system: SYSTEM,
        rows: shop,
        part,
        stores: aggregates.map((aggregate) => keep(aggregate, memoryStore(aggregate))),
        migrations: [],
        defaultPort: 0,
        controllers: [],
      },
      pool: database.poolOf(this.life) as never,
      outside: (outside as (life: Life) => unknown)(this.life),
      log: { info: tell('set aside'), warn: tell('warned'), error: tell('error') } as never,
      limits: LIMITS,
      wakeRelay: () => this.ring(),
    });
  }

  start(): void {
    const { part, holders } = this.world;
    const topics = topicsHeardBy(SYSTEM, shop, part.service);
    this.life.onDeath(() => {
      this.broker.leave(this.group, this.life);
      for (let shard = 0; shard < holders.length; shard++) {
        if (holders[shard] === this.life) holders[shard] = undefined;
      }
    });
    this.broker.join(this.group, topics, this.life, () => this.wake());
    this.runner.start();
    void this.consume();
    void this.relay();
  }

  /** Follows a command; rejects when the database is away, never answers when the process dies. */
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
      await this.life.pass(this.run.chance.between(1, 20));
      if (this.run.faulty() && this.run.chance.oneIn(200)) await this.life.pass(this.run.chance.between(1_000, 8_000));
      const records = this.broker.fetch(this.group, this.life, MOST_RECORDS);
      if (records.length === 0) await this.life.called((wake) => (this.wake = wake), 100);
      else await this.take(records);
    }
  }

  private async take(records: readonly IncomingRecord[]): Promise<void> {
    await this.life.point('before a batch');
    while (!(await this.taken(records))) await this.life.pass(DATABASE_PAUSE_MS);
    await this.life.point('before the offsets were committed');
    this.broker.commit(this.group, this.life, records);
  }

  private async taken(records: readonly IncomingRecord[]): Promise<boolean> {
    try {
      await this.runner.takeRecords(records);
      return true;
    } catch (error) {
      this.run.journal.note('batch refused', `${this.life.name} ${(error as Error).message}`);
      return false;
    }
  }

  /** Sends what was committed, in its order; a part of the outbox is sent by one process at a time. */
  private async relay(): Promise<void> {
    const { holders, database } = this.world;
    for (;;) {
      for (let shard = 0; shard < holders.length; shard++) holders[shard] ??= this.life;
      const mine = database.committedOutbox().filter(({ shard }) => holders[shard] === this.life);
      if (mine.length === 0 || database.away) {
        await this.life.called((ring) => (this.ring = ring), 100);
        continue;
      }
      const rows = mine.slice(0, MOST_SENT);
      await this.life.pass(this.run.chance.between(1, 10));
      await this.life.point('before sending');
      for (const { topic, key, headers, payload } of rows) this.broker.send(topic, key, headers, payload);
      await this.life.point('after sending');
      database.sent(new Set(rows.map(({ id }) => id)));
      await this.life.point('after the outbox was cleared');
    }
  }
}
