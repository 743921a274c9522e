import type { Side } from '../cli/options.js';
import type { Findings } from '../report/case-result.js';

/** What a case is told. */
export interface Assignment {
  readonly sides: readonly Side[];
  readonly quick: boolean;
  readonly orders: number | undefined;
  readonly runs: number | undefined;
  /** Told what is going on during long work. */
  readonly say: (line: string) => void;
}

/** One thing that is measured. */
export interface BenchCase {
  readonly name: string;
  /** In one line, for the help text. */
  readonly what: string;
  run(assignment: Assignment): Promise<Findings>;
}
