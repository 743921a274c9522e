/** Sends heartbeats while work takes longer than the session timeout (tulios/kafkajs#691, #375). */
export class Heartbeat {
  #working = 0;
  #timer: NodeJS.Timeout | undefined;
  #beat: () => Promise<void> = async () => {};

  constructor(
    private readonly everyMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Sends heartbeats until the work is done. */
  async during(beat: () => Promise<void>, work: Promise<void>): Promise<void> {
    this.#beat = beat;
    this.#working++;
    this.#timer ??= setInterval(() => this.#beat().catch(this.onError), this.everyMs);
    try {
      await work;
    } finally {
      if (--this.#working === 0) this.stop();
    }
  }

  /** The work is abandoned, so that the group does not wait for this member. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
