/** What a case found: the figures by name, and how they are shown. All of it goes into the JSON. */
export interface Findings {
  /** How it was measured, in sentences. */
  readonly how: readonly string[];
  readonly targets: readonly Target[];
  readonly tables: readonly Table[];
  readonly charts: readonly Chart[];
  /** The figures themselves, such as `sagasPerSecond`. */
  readonly [figure: string]: unknown;
}

/** The same as it is reported. */
export interface CaseResult extends Findings {
  /** Reproduces it. */
  readonly command: string;
}

/** What was wanted and what was found. */
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

/** Bars of one unit; `low` and `high` are the spread over the runs. */
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

/** `{machine, cases}`: what `--json` writes and the document is generated from. */
export interface Report {
  readonly machine: Readonly<Record<string, string | number | boolean>>;
  readonly cases: Readonly<Record<string, CaseResult>>;
}
