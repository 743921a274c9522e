import { PollingLoop } from '@quadrille/runtime';
import type { Logger } from 'pino';

/** The inputs and callbacks of the watch. */
export interface Watched {
  readonly consumer: { close(): Promise<void>; listen(callback: (error?: unknown) => void): void };
  /** False if the consumer is stalled. */
  readonly isLive: () => Promise<boolean>;
  /** Also the time in which a restarted consumer must make progress. */
  readonly stalledAfterMs: number;
  readonly onFatal: (error: Error) => void;
  readonly log: Pick<Logger, 'error'>;
}

/** Restarts a stalled consumer once; if it stalls again, the process must exit, so that its supervisor restarts it. */
export class ConsumerWatch {
  private restartedAt: number | undefined;
  private readonly loop: PollingLoop;

  constructor(private readonly watched: Watched) {
    this.loop = new PollingLoop(
      watched.stalledAfterMs / 3,
      () => this.look(Date.now()).then(() => false),
      (error) => watched.log.error({ err: error }, 'the check of the consumer failed'),
    );
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** One check, at a time in milliseconds. */
  async look(now: number): Promise<void> {
    const { consumer, isLive, stalledAfterMs, onFatal, log } = this.watched;
    if (await isLive()) {
      if (this.restartedAt !== undefined && now - this.restartedAt > 3 * stalledAfterMs) this.restartedAt = undefined;
      return;
    }
    if (this.restartedAt !== undefined && now - this.restartedAt < stalledAfterMs) return;
    if (this.restartedAt !== undefined) {
      onFatal(new Error('The consumer is stalled, and restarting it did not help.'));
      return;
    }
    log.error({}, 'The consumer is stalled; it is restarted');
    this.restartedAt = now;
    await consumer.close();
    await new Promise<void>((resolve, reject) => {
      consumer.listen((error) => (error ? reject(error) : resolve()));
    });
  }
}
