/** Maximum pause in ms; the pause doubles with consecutive failures. */
const LONGEST_PAUSE_MS = 10_000;

/** Runs work repeatedly with a pause in between, until stopped. A failure is reported, and work continues with longer pauses. */
export class PollingLoop {
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = true;

  constructor(
    private readonly pauseMs: number,
    /** Resolves to true if more work may be due at once. */
    private readonly work: () => Promise<boolean>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  start(): void {
    this.stopped = false;
    this.plan(this.pauseMs);
  }

  /** Resolves when the running round has ended; no other starts afterwards. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private plan(pauseMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.tick();
    }, pauseMs);
  }

  private async tick(): Promise<void> {
    try {
      const more = await this.work();
      this.failures = 0;
      this.plan(more ? 0 : this.pauseMs);
    } catch (error) {
      this.onFailure(error);
      this.failures++;
      this.plan(Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2 ** this.failures));
    }
  }
}
