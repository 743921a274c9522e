import { PollingLoop } from '@quadrille/runtime';
import type { Logger } from 'pino';

/** The inputs and callbacks of the watch. */
export interface WatchedRelay {
  readonly relay: { health(): { readonly hangs: boolean; readonly cause?: string } };
  readonly everyMs: number;
  readonly onFatal: (error: Error) => void;
  readonly log: Pick<Logger, 'error'>;
}

/**
 * A relay limits each of its statements and sends, and restarts after a timeout. If its loop hangs nevertheless, the process must
 * exit, so that its supervisor restarts it; its shards are then free, and no record is lost.
 */
export class RelayWatch {
  private readonly loop: PollingLoop;

  constructor(private readonly watched: WatchedRelay) {
    this.loop = new PollingLoop(
      watched.everyMs,
      async () => {
        this.look();
        return false;
      },
      (error) => watched.log.error({ err: error }, 'the check of the relay failed'),
    );
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  look(): void {
    const { hangs, cause } = this.watched.relay.health();
    if (hangs) this.watched.onFatal(new Error(`The relay hangs. ${cause ?? ''}`));
  }
}
