const EVERY_MS = 60_000;

/** Limits repeated log lines to one per minute, with the number of omitted lines. */
export class LogThrottle {
  private readonly logged = new Map<string, { at: number; leftOut: number }>();

  constructor(
    private readonly everyMs = EVERY_MS,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** `what` names a kind of event; the number of kinds must be small. */
  log(what: string, write: (leftOut: { readonly leftOut?: number }) => void): void {
    const before = this.logged.get(what);
    if (before && this.now() - before.at < this.everyMs) {
      before.leftOut++;
      return;
    }
    this.logged.set(what, { at: this.now(), leftOut: 0 });
    write(before?.leftOut ? { leftOut: before.leftOut } : {});
  }

  /** Ends the throttling of a kind, so that its next line is logged at once. Returns whether it was active. */
  over(what: string): boolean {
    return this.logged.delete(what);
  }
}
