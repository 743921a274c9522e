/** Wakes one sleeper. A signal without a sleeper makes the next sleep return at once; repeated signals count once. */
export class WakeSignal {
  isAsleep = false;
  /** Number of ended sleeps. */
  sleeps = 0;
  #notified = false;
  #wake: (() => void) | undefined;

  get isNotified(): boolean {
    return this.#notified;
  }

  notify(): void {
    this.#notified = true;
    this.#wake?.();
  }

  /** Resolves at the next signal, or after `ms`. */
  async sleep(ms: number): Promise<void> {
    this.isAsleep = true;
    if (!this.#notified) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.isAsleep = false;
    this.sleeps += 1;
    this.#notified = false;
    this.#wake = undefined;
  }
}
