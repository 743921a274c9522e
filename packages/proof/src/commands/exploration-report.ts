import type { ExploredScenario } from '../checkout/explore-checkout.js';
import type { JointEnding } from '../checkout/promises.js';
import type { Violation } from '../explore/explore.js';

/** All that an exploration has found, as `--json` prints it. */
export interface ExplorationReport {
  readonly states: number;
  readonly transitions: number;
  /** How many transitions the longest run has; null where a scenario was not seen to its end. */
  readonly longestRun: number | null;
  /** Each way that an order ended, once, as the four services see it. */
  readonly endings: readonly JointEnding[];
  /** Each way that all orders of a run ended, once. */
  readonly together: readonly (readonly JointEnding[])[];
  readonly violations: readonly (Violation & { readonly scenario: string })[];
  readonly scenarios: readonly {
    readonly name: string;
    readonly states: number;
    readonly transitions: number;
    /** Every run was seen to its end. */
    readonly exhaustive: boolean;
    /** Else: all runs up to this many transitions. */
    readonly seenUpTo?: number;
  }[];
}

/** Puts the scenarios together. */
export function reportOf(all: readonly ExploredScenario[]): ExplorationReport {
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

/** The report for people, without the scenarios. */
export function summary(report: ExplorationReport): string {
  const { states, transitions, longestRun, endings, together, violations, scenarios } = report;
  const cut = scenarios.filter(({ exhaustive }) => !exhaustive).length;
  const many = together.some((ending) => ending.length > 1);
  return [
    '',
    `${states.toLocaleString('en')} states, ${transitions.toLocaleString('en')} transitions in ${scenarios.length} scenarios`,
    longestRun === null
      ? `${cut} scenarios were not seen to their end`
      : `the longest run has ${longestRun} transitions`,
    `${endings.length} ways to end, as (order, payment, inventory, shipping):`,
    ...endings.map((ending) => `  ${Object.values(ending).join(', ')}`),
    ...(many ? [`${together.length} ways to end together`] : []),
    violations.length === 0 ? '✓ every promise holds' : `✗ ${violations.length} scenarios break a promise`,
  ].join('\n');
}

/** A broken promise, and the shortest story that ends with it. */
export const violationInWords = (scenario: string, { promise, explanation, story }: Violation): string =>
  [`✗ ${scenario}`, `  Broken: ${promise}. ${explanation}`, ...story.map((line) => `    ${line}`)].join('\n');

const byName = (one: JointEnding, other: JointEnding) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
const once = <Each>(all: readonly Each[]): Each[] => [
  ...new Map(all.map((each) => [JSON.stringify(each), each])).values(),
];
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
