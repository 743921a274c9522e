/** The results of a case: figures by name, and their presentation. All of it is part of the JSON. */
export interface Findings {
  /** How it was measured, in sentences. */
  readonly how: readonly string[];
  readonly targets: readonly Target[];
  readonly tables: readonly Table[];
  readonly charts: readonly Chart[];
  /** The figures, such as `sagasPerSecond`. */
  readonly [figure: string]: unknown;
}

/** The results as reported. */
export interface CaseResult extends Findings {
  /** The command that repeats the measurement. */
  readonly command: string;
  readonly measured?: Measurement;
}

/** The run that measured a case. */
export interface Measurement {
  /** `2026-11-21 15:04` (UTC). */
  readonly at: string;
  /** The processor; older results do not have it. */
  readonly model?: string;
  /** The load average before the run. */
  readonly loadBefore: number;
  /** Whether no other processes were running. */
  readonly quiet?: boolean;
}

/** A target and the measured value. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A bar chart of one unit; `low` and `high` are the spread over the runs. */
export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly {
    readonly label: string;
    readonly value: number;
    readonly low?: number;
    readonly high?: number;
  }[];
}

/** `{machine, cases}`: the format of `--json`, from which the document is generated. */
export interface Report {
  readonly machine: Readonly<Record<string, string | number | boolean>>;
  readonly cases: Readonly<Record<string, CaseResult>>;
}
