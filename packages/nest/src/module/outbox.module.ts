import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  Optional,
} from '@nestjs/common';
import type { Tx, Wire } from '@quadrille/choreography';
import { append, type OutboxRecord, outboxMigrations, type Relay, type RelayHealth } from '@quadrille/outbox';
import { openRelay, startRelaying } from '../broker.js';
import { readEnvironment } from '../environment.js';
import type { Shutdown } from '../shutdown.js';
import { warnOfUnrelayedOutboxes } from '../unrelayed-outboxes.js';
import { moduleAlone, openAlone } from './alone.js';
import { WIRE } from './choreography-service.js';
import { nameOnly } from './open-context.js';
import type { QuadrilleAsyncOptions } from './quadrille.module.js';

const OUTBOX_ENVIRONMENT = Symbol('quadrille:outbox-environment');
const CLIENT_ID = 'outbox';

/** Publishes records after the transaction that appended them has committed. */
@Injectable()
export class Outbox implements OnApplicationBootstrap, OnApplicationShutdown {
  private relay: Relay | undefined;
  private shutdown: Shutdown | undefined;

  constructor(
    @Inject(OUTBOX_ENVIRONMENT) private readonly environment: NodeJS.ProcessEnv,
    // Of QuadrilleModule in the same application: this relay sends records of its services, too.
    @Optional() @Inject(WIRE) private readonly wire?: Wire,
  ) {}

  /** Appends records in your transaction; an adapter creates the `Tx`: `txOf(manager)` of `@quadrille/outbox/typeorm`. */
  append(tx: Tx, ...records: readonly OutboxRecord[]): Promise<void> {
    return append(tx, records);
  }

  /** Wakes the relay: call it after your commit. Without it the relay polls at its interval. */
  wake(): void {
    this.relay?.wake();
  }

  /** The health of the relay; undefined before the application has bootstrapped. */
  health(): RelayHealth | undefined {
    return this.relay?.health();
  }

  async onApplicationBootstrap(): Promise<void> {
    const env = readEnvironment({}, this.environment);
    this.shutdown = await openAlone(nameOnly(CLIENT_ID, this.wire), env, outboxMigrations, async (context, pool) => {
      this.relay = await openRelay(context, pool, { publishing: (send) => send });
      startRelaying(context, this.relay);
      warnOfUnrelayedOutboxes(context, pool);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.shutdown?.end();
  }
}

/** The outbox alone, without a choreography. Topics must exist, or the broker must create them. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a module of Nest is a class, and its dynamic forms are static methods
export class OutboxModule {
  /** Needs `DATABASE_URL` and `KAFKA_BROKERS`. */
  static forRootAsync(options: QuadrilleAsyncOptions): DynamicModule {
    return moduleAlone(OutboxModule, Outbox, OUTBOX_ENVIRONMENT, options);
  }
}
