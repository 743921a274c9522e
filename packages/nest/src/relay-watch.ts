import { PollingLoop } from '@quadrille/runtime';
import type { Logger } from 'pino';

/** What the watch needs to know and do. */
export interface WatchedRelay {
  readonly relay: { health(): { readonly hangs: boolean; readonly cause?: string } };
  readonly everyMs: number;
  readonly onFatal: (error: Error) => void;
  readonly log: Pick<Logger, 'error'>;
}

/**
 * A relay bounds each of its statements and sends, and begins anew when one does not end. Should its loop hang all the same, the process must
 * end, so that whoever started it starts it again; its shards are free then, and nothing is lost.
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
      (error) => watched.log.error({ err: error }, 'Watching the relay failed'),
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
