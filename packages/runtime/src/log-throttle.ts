const EVERY_MS = 60_000;

/** Lets what is said again and again be said once a minute, with how often it was left out in between. */
export class LogThrottle {
  private readonly logged = new Map<string, { at: number; leftOut: number }>();

  constructor(
    private readonly everyMs = EVERY_MS,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** `what` names a kind of thing, of which there are few. */
  log(what: string, write: (leftOut: { readonly leftOut?: number }) => void): void {
    const before = this.logged.get(what);
    if (before && this.now() - before.at < this.everyMs) {
      before.leftOut++;
      return;
    }
    this.logged.set(what, { at: this.now(), leftOut: 0 });
    write(before?.leftOut ? { leftOut: before.leftOut } : {});
  }

  /** It is over: the next time is told at once. Says whether there was something to be over. */
  over(what: string): boolean {
    return this.logged.delete(what);
  }
}
