/** Writes structured log lines: fields first, then the message, like a pino logger. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

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

/** Returns the trace id of a W3C `traceparent` as a log field; no field without one. */
export function traceIdOf(traceparent: string | string[] | undefined): { readonly traceId?: string } {
  return typeof traceparent === 'string' && traceparent.length >= 35 ? { traceId: traceparent.slice(3, 35) } : {};
}
