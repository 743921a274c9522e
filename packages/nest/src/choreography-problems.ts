import { copiesOfChoreography, type NamedTable, type Rows, type Step, topicRules } from '@quadrille/choreography';
import type { RuntimeDefinition } from '@quadrille/runtime';
import type { Logger } from 'pino';
import { BootProblem } from './boot-problems.js';

/** Warns of two copies of the package: a class of errors of one is not that of the other. */
export function warnOfCopies(log: Pick<Logger, 'warn'>, copies = copiesOfChoreography()): void {
  if (copies === 1) return;
  log.warn(
    { copies },
    'several copies of @quadrille/choreography are loaded, in two versions or by import and by require: npm ls @quadrille/choreography lists them; remove all but one',
  );
}

/** Throws a {@link BootProblem} that names the topics to correct. */
export function demandSoundTopics(table: NamedTable): void {
  const problems = topicRules(table).map(({ explanation }) => explanation);
  if (problems.length > 0) throw new BootProblem(problems.join('\n'));
}

/** Returns one sentence per row of a service without a step, and per step without a row. `write`: the file to write for a row. */
export function stepProblems(
  rows: Rows,
  service: string,
  steps: readonly (Step | undefined)[],
  write: (name: string) => string,
): string[] {
  const found = new Set<string>();
  const problems: string[] = [];
  for (const step of steps) {
    // The value of a wrong import in JavaScript.
    if (step === undefined) continue;
    if (found.has(step.name)) problems.push(`Two steps are written for the row '${step.name}': remove one.`);
    if (rows[step.name]?.service !== service) {
      problems.push(`The service '${service}' has no row '${step.name}': remove the step, or correct its name.`);
    }
    found.add(step.name);
  }
  for (const [name, row] of Object.entries(rows)) {
    if (row.service !== service || found.has(name)) continue;
    problems.push(`The row '${name}' of '${service}' has no step: write ${write(name)}.`);
  }
  return problems;
}

/** Throws a {@link BootProblem} that names the files of missing steps: JavaScript has no compiler that finds them. */
export function demandSteps({
  rows,
  steps: { service, steps },
}: Pick<RuntimeDefinition<never>, 'rows' | 'steps'>): void {
  const write = (name: string) => `${name}.ts with step('${name}', …), and add it to serviceSteps('${service}', …)`;
  const problems = stepProblems(rows, service, steps, write);
  if (problems.length > 0) throw new BootProblem(problems.join('\n'));
}
