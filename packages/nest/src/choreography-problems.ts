import { copiesOfChoreography, type NamedTable, topicRules } from '@quadrille/choreography';
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
