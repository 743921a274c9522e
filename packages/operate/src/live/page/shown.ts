/** The topics of a publishing service as a line: the service and their readers. Columns count from the left. */
export interface Line {
  /** The topic, or a pattern for all of them: `shop.order.*`. */
  readonly name: string;
  readonly topics: readonly string[];
  readonly from: number;
  readonly to: readonly number[];
}

/** The movement of an event: its line, its origin and its targets. */
export interface Way {
  readonly line: number;
  readonly from: number;
  /** The consuming services; empty for events that no service consumes. */
  readonly to: readonly number[];
  /** A failure, an interrupt, or a compensation. */
  readonly back: boolean;
}

/** The system as in the table: a column per service, a line per publishing service. */
export interface Topology {
  readonly services: readonly string[];
  readonly lines: readonly Line[];
}

/** A row of the table in words. */
export interface ShownRow {
  readonly step: string;
  readonly service: string;
  /** Names of events; or one request or deadline. */
  readonly handles: readonly string[];
  readonly emits: readonly string[];
  /** The compensated steps. */
  readonly compensates: readonly string[];
}

/** The table; sent once per page. */
export interface ShownTable {
  readonly system: string;
  readonly topology: Topology;
  /** By `step event`. */
  readonly ways: Readonly<Record<string, Way>>;
  readonly rows: readonly ShownRow[];
}

/** An event of a saga. */
export interface ShownEvent {
  readonly event: string;
  readonly step: string;
  readonly service: string;
  /** ISO 8601. */
  readonly at: string;
  /** `topic/partition/offset`. */
  readonly record: string;
  /** An event, a request or a deadline. */
  readonly cause: string;
  readonly back: boolean;
}

/** A saga, with its latest events. */
export interface ShownSaga {
  readonly id: string;
  /** `running`, `compensating`, or the word of its ending. */
  readonly state: string;
  readonly ended: boolean;
  readonly startedAt: string;
  readonly lastAt: string;
  readonly events: readonly ShownEvent[];
  /** `step of service`, for steps that have an event to handle. */
  readonly awaited: readonly string[];
}

/** The state of the page after a change. */
export interface ShownState {
  /** The reason why Kafka cannot be read; null while it is read. */
  readonly problem: string | null;
  /** Number of events by `step event`, since the command was started. */
  readonly counts: Readonly<Record<string, number>>;
  /** The sagas with the latest events, the latest first. */
  readonly sagas: readonly ShownSaga[];
  /** `step event` of each event since the previous state. */
  readonly moved: readonly string[];
}
