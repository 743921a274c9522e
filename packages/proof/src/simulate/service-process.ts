import { groupOf, type Part, topicsHeardBy } from '@quadrille/choreography';
import { shop } from '@quadrille/contracts';
import type { CrashPoint } from '@quadrille/crash-points';
import { type IncomingRecord, keep } from '@quadrille/service';
import { Runner } from '@quadrille/service/runner';
import type { Chance } from './chance.js';
import { Life, type Run } from './life.js';
import type { MemoryBroker } from './memory-broker.js';
import { type MemoryDatabase, memoryStore } from './memory-database.js';
import type { OutboxRow } from './tables.js';

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
const RELAY_PAUSE_MS = 100;
const MOST_COMMIT_PAUSE_MS = 20;
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
  private readonly chance: Chance;

  constructor(
    name: string,
    private readonly run: Run,
    private readonly world: ServiceWorld,
    private readonly broker: MemoryBroker,
  ) {
    const { part, aggregates, database, outside } = world;
    this.life = new Life(name, part.service, run);
    this.chance = run.chanceOf(name);
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
    const { holders } = this.world;
    this.life.onDeath(() => {
      this.leaveGroup();
      for (let shard = 0; shard < holders.length; shard++) {
        if (holders[shard] === this.life) holders[shard] = undefined;
      }
    });
    this.joinGroup();
    this.runner.start();
    void this.consume();
    void this.relay();
  }

  joinGroup(): void {
    const topics = topicsHeardBy(SYSTEM, shop, this.world.part.service);
    this.broker.join(this.group, topics, this.life, () => this.wake());
  }

  leaveGroup(): void {
    this.broker.leave(this.group, this.life);
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
      await this.life.pass(this.chance.between(1, 20));
      const records = this.broker.fetch(this.group, this.life, MOST_RECORDS);
      if (records.length === 0) await this.life.called((wake) => (this.wake = wake), 100);
      else await this.take(records);
    }
  }

  private async take(records: readonly IncomingRecord[]): Promise<void> {
    await this.come('consumer.taken');
    while (!(await this.taken(records))) await this.life.pass(DATABASE_PAUSE_MS);
    await this.come('consumer.kept');
    await this.life.pass(this.chance.between(0, MOST_COMMIT_PAUSE_MS));
    await this.come('consumer.committing');
    this.broker.commit(this.group, this.life, records);
    await this.come('consumer.committed');
  }

  /** Where the real consumer and relay have the same point. */
  private come(point: CrashPoint): Promise<void> {
    this.life.passes(point);
    return this.life.goOn();
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
      await this.life.pass(this.chance.between(1, 10));
      await this.come('relay.taken');
      if (!this.sends(rows)) {
        await this.life.pass(RELAY_PAUSE_MS);
        continue;
      }
      await this.come('relay.acknowledged');
      database.sent(new Set(rows.map(({ id }) => id)));
      await this.come('relay.removed');
    }
  }

  private sends(rows: readonly OutboxRow[]): boolean {
    try {
      this.broker.send(rows);
      return true;
    } catch (error) {
      this.run.journal.note('not sent', `${this.life.name} ${(error as Error).message}`);
      return false;
    }
  }
}
