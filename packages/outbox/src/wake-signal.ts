/** Wakes one sleeper. Rung while nobody sleeps, it keeps the next one from falling asleep; rung often, it wakes once. */
export class WakeSignal {
  #notified = false;
  #wake: (() => void) | undefined;

  notify(): void {
    this.#notified = true;
    this.#wake?.();
  }

  /** Resolves when the bell is rung, or after `ms`. */
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
