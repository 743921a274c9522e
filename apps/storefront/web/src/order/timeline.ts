/** The trigger of a step: a handled event, a request of a caller, or a deadline. */
type Trigger =
  | { readonly eventId: string; readonly event: string | null; readonly step: string | null }
  | { readonly request: string }
  | { readonly deadline: string };

/** An event with its details, from `GET /timeline/:orderId`. */
export interface Link {
  readonly step: string;
  readonly service: string;
  readonly event: string;
  readonly eventId: string;
  /** ISO 8601. */
  readonly at: string;
  /** Time at which the record was written to its topic, ISO 8601; null for records read by versions that did not store it. */
  readonly writtenAt: string | null;
  readonly record: { readonly topic: string; readonly partition: number; readonly offset: string };
  readonly headers: Readonly<Record<string, string>> | null;
  readonly triggeredBy: Trigger;
  readonly data: unknown;
}

/** An awaited step, with its dead letter if one is known. */
export interface AwaitedStep {
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

/** The storefront's data of one order. */
export interface Timeline {
  readonly orderId: string;
  readonly state: 'running' | 'compensating' | 'COMPLETED' | 'CANCELLED';
  readonly outcome: 'COMPLETED' | 'CANCELLED' | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly links: readonly Link[];
  readonly awaited: readonly AwaitedStep[];
  readonly afterwards: readonly AwaitedStep[];
}

/** The reason of the compensation, from the event that started it: `out-of-stock`. */
export function reasonIn(links: readonly Link[]): string | null {
  for (const { data } of links) {
    const reason = (data as { reason?: unknown } | null)?.reason;
    if (typeof reason === 'string') return reason;
  }
  return null;
}
