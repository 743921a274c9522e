/** An event of a saga, with its evidence. */
export interface Link {
  readonly step: string;
  readonly service: string;
  readonly event: string;
  readonly eventId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly record: { readonly topic: string; readonly partition: number; readonly offset: string };
  readonly triggeredBy:
    | { readonly eventId: string; readonly event: string | null; readonly step: string | null }
    | { readonly request: string }
    | { readonly deadline: string };
}

/** A step that has not run yet. */
export interface Missing {
  readonly step: string;
  readonly service: string;
  /** ISO 8601: the time of the event that the step handles. */
  readonly since: string;
  /** Set if the message became a dead letter of the service. */
  readonly givenUp: { readonly code: string; readonly cause: string; readonly at: string } | null;
}

/** A saga as a sequence of its events. */
export interface SagaTimeline {
  readonly state: string;
  /** The outcome in the table's words; null until the saga has ended. */
  readonly outcome: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly links: readonly Link[];
  readonly awaited: readonly Missing[];
  readonly afterwards: readonly Missing[];
}
