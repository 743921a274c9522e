import type { ServerResponse } from 'node:http';

/** Reconnection delay of a browser. */
const RETRY_MS = 1_000;

/** A viewer of the stage. A slow one receives the next snapshot instead, so that none accumulate. */
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

  /** Sends a whole message, the same for all viewers. */
  show(message: string): void {
    if (!this.over && this.response.writableLength === 0) this.response.write(message);
  }

  end(): void {
    if (!this.over) this.response.end();
    this.over = true;
  }
}
