/** Runs work again and again with a pause between, until stopped; a failure is told and the work goes on. */
export class Every {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = true;

  constructor(
    private readonly pauseMs: number,
    /** Resolves to true when there may be more to do at once. */
    private readonly work: () => Promise<boolean>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  start(): void {
    this.stopped = false;
    this.plan(this.pauseMs);
  }

  /** Resolves when what runs has ended; nothing starts afterwards. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private plan(pauseMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.once();
    }, pauseMs);
  }

  private async once(): Promise<void> {
    const more = await this.work().catch((error: unknown) => {
      this.onFailure(error);
      return false;
    });
    this.plan(more ? 0 : this.pauseMs);
  }
}
