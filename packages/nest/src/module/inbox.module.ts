import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Tx } from '@quadrille/choreography';
import { accept, type InboxMessage, inboxMigrations, purge } from '@quadrille/inbox';
import { clientOf, transaction } from '@quadrille/postgres';
import { Retention } from '@quadrille/runtime';
import type { Pool, PoolClient } from 'pg';
import { commonEnvironment, readEnvironment } from '../environment.js';
import type { Shutdown } from '../shutdown.js';
import { moduleAlone, openAlone } from './alone.js';
import { nameOnly } from './open-context.js';
import type { QuadrilleAsyncOptions } from './quadrille.module.js';

const INBOX_ENVIRONMENT = Symbol('quadrille:inbox-environment');
const SECONDS_PER_HOUR = 3_600;
/** It uses only the database. */
const WITHOUT_BROKER = { KAFKA_BROKERS: commonEnvironment.KAFKA_BROKERS.default([]) };

/** The transaction in which a message is processed. */
export interface InboxTransaction extends Tx {
  /** The `pg` client under it. Do not commit or roll back on it: throw instead. */
  readonly client: PoolClient;
}

/** Processes each message once: its effect and its inbox row are committed together. */
@Injectable()
export class Inbox implements OnApplicationBootstrap, OnApplicationShutdown {
  private pool: Pool | undefined;
  private shutdown: Shutdown | undefined;

  constructor(@Inject(INBOX_ENVIRONMENT) private readonly environment: NodeJS.ProcessEnv) {}

  /**
   * Runs `work` in a transaction unless the message was processed before; returns whether it ran. If `work` throws, everything is
   * rolled back, and the message may be delivered again.
   */
  once(message: InboxMessage, work: (tx: InboxTransaction) => Promise<void>): Promise<boolean> {
    if (!this.pool) throw new Error('The inbox has not started: use it after the application has bootstrapped.');
    return transaction(this.pool, async (tx) => {
      const [result] = await accept(tx, [message]);
      if (result === 'duplicate') return false;
      if (result === 'waiting')
        throw new Error(`An earlier message of the key ${message.key} is parked: redrive it first.`);
      await work({ query: (text, values) => tx.query(text, values), client: clientOf(tx) });
      return true;
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const env = readEnvironment(WITHOUT_BROKER, this.environment);
    this.shutdown = await openAlone(nameOnly('inbox'), env, inboxMigrations, (context, pool) => {
      const retention = new Retention({
        pool,
        log: context.log,
        intervalSeconds: env.RETENTION_INTERVAL_SECONDS,
        chunkRows: env.RETENTION_CHUNK_ROWS,
        rules: [
          { name: 'inbox', purge: (tx, limit) => purge(tx, env.INBOX_RETENTION_HOURS * SECONDS_PER_HOUR, limit) },
        ],
      });
      retention.start();
      context.shutdown.set('removing old rows', () => retention.stop());
      this.pool = pool;
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.shutdown?.end();
  }
}

/** The inbox alone: for `@Once` on existing handlers, or `inbox.once(…)`. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a module of Nest is a class, and its dynamic forms are static methods
export class InboxModule {
  /** Needs `DATABASE_URL`. */
  static forRootAsync(options: QuadrilleAsyncOptions): DynamicModule {
    return moduleAlone(InboxModule, Inbox, INBOX_ENVIRONMENT, options);
  }
}
