/** Wakes one sleeper. A signal without a sleeper makes the next sleep return at once; repeated signals count once. */
export class WakeSignal {
  #notified = false;
  #wake: (() => void) | undefined;

  notify(): void {
    this.#notified = true;
    this.#wake?.();
  }

  /** Resolves at the next signal, or after `ms`. */
  async sleep(ms: number): Promise<void> {
    if (!this.#notified) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#notified = false;
    this.#wake = undefined;
  }
}
