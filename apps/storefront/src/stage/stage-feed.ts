import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type CommonEnvironment, ENVIRONMENT } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import type { StorefrontEnvironment } from '../environment.js';
import { adminUrls, serviceUrls } from '../gateway/service-urls.js';
import { DemoControls } from './demo-controls.js';
import { SagaCounter } from './saga-numbers.js';
import { ServiceWatch } from './service-watch.js';
import type { FaultSwitch, ServiceOnStage, Snapshot } from './snapshot.js';
import { StageOperator } from './stage-operator.js';
import type { StageReader } from './stage-reader.js';

const EVERY_MS = 1_000;

/**
 * Sends the stage to all viewers: one snapshot per second, shared by all. Without viewers nothing is queried or counted. Services
 * are queried concurrently, so that one without a response does not delay the snapshots.
 */
@Injectable()
export class StageFeed implements OnApplicationShutdown {
  private readonly readers = new Set<StageReader>();
  private readonly counter: SagaCounter;
  private readonly watch: ServiceWatch;
  private services: readonly ServiceOnStage[] = [];
  private faults: readonly FaultSwitch[] = [];
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private last: string | undefined;

  constructor(
    dataSource: DataSource,
    private readonly demoControls: DemoControls,
    operator: StageOperator,
    @Inject(ENVIRONMENT) private readonly env: StorefrontEnvironment & CommonEnvironment,
  ) {
    this.counter = new SagaCounter(dataSource);
    this.watch = new ServiceWatch(serviceUrls(env), adminUrls(env), operator.token);
  }

  get size(): number {
    this.sweep();
    return this.readers.size;
  }

  add(reader: StageReader): void {
    this.readers.add(reader);
    if (this.last) reader.show(this.last);
    if (this.timer) return;
    this.timer = setInterval(() => void this.show(), EVERY_MS);
    void this.show();
  }

  onApplicationShutdown(): void {
    this.rest();
    for (const reader of this.readers) reader.end();
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.last = undefined;
    this.counter.clear();
  }

  private sweep(): void {
    for (const reader of this.readers) if (reader.gone) this.readers.delete(reader);
  }

  private async show(): Promise<void> {
    this.sweep();
    if (this.readers.size === 0) return this.rest();
    this.looking ??= this.lookAround().finally(() => {
      this.looking = undefined;
    });
    // The first snapshot is complete; later ones do not wait for slow services.
    if (!this.last) await this.looking;
    const counted = await this.counter.look().catch(() => undefined);
    const { demo, load } = this.demoControls;
    const snapshot: Snapshot = {
      at: new Date().toISOString(),
      demo,
      sagas: counted?.sagas ?? null,
      moving: counted?.moving ?? [],
      services: this.services,
      load: demo ? load.state() : null,
      faults: this.faults,
    };
    if (!this.timer) return;
    this.last = `event: stage\ndata: ${JSON.stringify(snapshot)}\n\n`;
    for (const reader of this.readers) reader.show(this.last);
  }

  private async lookAround(): Promise<void> {
    const [services, faults] = await Promise.all([
      this.watch.look(),
      this.env.QUADRILLE_DEMO ? this.demoControls.faults.look() : [],
    ]);
    this.services = services;
    this.faults = faults;
  }
}
