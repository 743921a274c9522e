import type { Explored, Violation } from '../explore/explore.js';

/** An explored scenario; its endings are those of all its sagas together. */
export type ExploredScenario<Ending> = Explored<readonly Ending[]> & { readonly name: string };

/** The result of an exploration, as `--json` prints it. */
export interface ExplorationReport<Ending> {
  readonly states: number;
  readonly transitions: number;
  /** The number of transitions of the longest run; null if a scenario was not explored completely. */
  readonly longestRun: number | null;
  /** Each distinct ending of a saga. */
  readonly endings: readonly Ending[];
  /** Each distinct combination of the endings of one run. */
  readonly together: readonly (readonly Ending[])[];
  readonly violations: readonly (Violation & { readonly scenario: string })[];
  readonly scenarios: readonly {
    readonly name: string;
    readonly states: number;
    readonly transitions: number;
    /** Every run was explored to its end. */
    readonly exhaustive: boolean;
    /** Otherwise: all runs up to this many transitions. */
    readonly seenUpTo?: number;
  }[];
}

/** Combines the scenarios. */
export function reportOf<Ending>(all: readonly ExploredScenario<Ending>[]): ExplorationReport<Ending> {
  const exhaustive = all.every(({ longest }) => longest !== undefined);
  return {
    states: sum(all.map(({ states }) => states)),
    transitions: sum(all.map(({ transitions }) => transitions)),
    longestRun: exhaustive ? Math.max(...all.map(({ longest }) => longest!)) : null,
    endings: once(all.flatMap(({ endings }) => endings.flat())),
    together: once(all.flatMap(({ endings }) => endings.map((ending) => [...ending].sort(byName)))),
    violations: all.flatMap(({ name, violation }) => (violation ? [{ scenario: name, ...violation }] : [])),
    scenarios: all.map(({ name, states, transitions, longest, seenUpTo }) => ({
      name,
      states,
      transitions,
      exhaustive: longest !== undefined,
      ...(seenUpTo !== undefined && { seenUpTo }),
    })),
  };
}

/** The wording of endings in a report. */
export interface EndingsInWords<Ending> {
  /** Text after the number of endings: `as (order, payment)`; may be empty. */
  readonly as: string;
  readonly inWords: (ending: Ending) => string;
}

/** The report as text, without the scenarios. */
export function summary<Ending>(report: ExplorationReport<Ending>, { as, inWords }: EndingsInWords<Ending>): string {
  const { states, transitions, longestRun, endings, together, violations, scenarios } = report;
  const cut = scenarios.filter(({ exhaustive }) => !exhaustive).length;
  const many = together.some((ending) => ending.length > 1);
  return [
    '',
    `${states.toLocaleString('en')} states, ${transitions.toLocaleString('en')} transitions in ${counted(scenarios.length, 'scenario')}`,
    longestRun === null
      ? `${counted(cut, 'scenario')} not explored to the end`
      : `the longest run has ${longestRun} transitions`,
    `${counted(endings.length, 'way')} to end${as && `, ${as}`}:`,
    ...endings.map((ending) => `  ${inWords(ending)}`),
    ...(many ? [`${counted(together.length, 'way')} to end together`] : []),
    violations.length === 0 ? '✓ every promise holds' : `✗ ${counted(violations.length, 'scenario')} broke a promise`,
  ].join('\n');
}

/** A scenario in one line; with a story if a promise is broken. */
export function scenarioInWords<Ending>(one: ExploredScenario<Ending>): string {
  if (one.violation) return violationInWords(one.name, one.violation);
  const counts = `${one.states.toLocaleString('en')} states, ${one.transitions.toLocaleString('en')} transitions`;
  const seen = one.seenUpTo === undefined ? '' : `, only the first ${one.seenUpTo} transitions of each run`;
  return `✓ ${one.name}: ${counts}${seen}`;
}

/** A broken promise, and the shortest story that breaks it. */
const violationInWords = (scenario: string, { promise, explanation, story }: Violation): string =>
  [`✗ ${scenario}`, `  Broken: ${promise}. ${explanation}`, ...story.map((line) => `    ${line}`)].join('\n');

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
const byName = (one: unknown, other: unknown) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
const once = <Each>(all: readonly Each[]): Each[] => [
  ...new Map(all.map((each) => [JSON.stringify(each), each])).values(),
];
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
