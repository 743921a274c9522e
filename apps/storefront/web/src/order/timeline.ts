/** What made a step act: an event it heard, a request of a caller, or a clock. */
type Trigger =
  | { readonly eventId: string; readonly event: string | null; readonly step: string | null }
  | { readonly request: string }
  | { readonly clock: string };

/** One thing that was said, with its evidence: of `GET /timeline/:orderId`. */
export interface Link {
  readonly step: string;
  readonly service: string;
  readonly event: string;
  readonly eventId: string;
  /** ISO 8601. */
  readonly at: string;
  /** When the record was written to its topic, ISO 8601; null for what was read before this was kept. */
  readonly writtenAt: string | null;
  readonly record: { readonly topic: string; readonly partition: number; readonly offset: string };
  readonly headers: Readonly<Record<string, string>> | null;
  readonly triggeredBy: Trigger;
  readonly data: unknown;
}

/** A step that has to speak, and why it does not if its service gave up. */
export interface Missing {
  readonly step: string;
  readonly service: string;
  readonly since: string;
  readonly givenUp: {
    readonly eventId: string;
    readonly code: string;
    readonly cause: string;
    readonly at: string;
  } | null;
}

/** What the storefront tells of one order. */
export interface Timeline {
  readonly orderId: string;
  readonly state: 'running' | 'undoing' | 'COMPLETED' | 'CANCELLED';
  readonly outcome: 'COMPLETED' | 'CANCELLED' | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly links: readonly Link[];
  readonly awaited: readonly Missing[];
  readonly afterwards: readonly Missing[];
}

/** Why the saga turned back, as the event that turned it says: `out-of-stock`. */
export function reasonIn(links: readonly Link[]): string | null {
  for (const { data } of links) {
    const reason = (data as { reason?: unknown } | null)?.reason;
    if (typeof reason === 'string') return reason;
  }
  return null;
}
