import type { Side } from '../cli/options.js';
import type { Findings } from '../report/case-result.js';

/** The parameters of a case. */
export interface Assignment {
  readonly sides: readonly Side[];
  readonly quick: boolean;
  readonly orders: number | undefined;
  readonly runs: number | undefined;
  /** Called with progress lines. */
  readonly print: (line: string) => void;
}

/** A benchmark case. */
export interface BenchCase {
  readonly name: string;
  /** One line for the help text. */
  readonly what: string;
  run(assignment: Assignment): Promise<Findings>;
}
