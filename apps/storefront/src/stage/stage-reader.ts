import type { ServerResponse } from 'node:http';

/** How soon a browser comes back that lost us. */
const RETRY_MS = 1_000;

/** Somebody who watches the stage. A reader who does not keep up is shown the next picture instead, so that nothing piles up. */
export class StageReader {
  private over = false;

  constructor(private readonly response: ServerResponse) {
    response.once('close', () => {
      this.over = true;
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
  }

  get gone(): boolean {
    return this.over;
  }

  /** A whole message, the same for everybody. */
  show(message: string): void {
    if (!this.over && this.response.writableLength === 0) this.response.write(message);
  }

  end(): void {
    if (!this.over) this.response.end();
    this.over = true;
  }
}
