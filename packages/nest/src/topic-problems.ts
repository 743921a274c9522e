import { type NamedTable, topicRules } from '@quadrille/choreography';
import { BootProblem } from './boot-problems.js';

/** Throws a {@link BootProblem} that says which names of topics to correct. */
export function demandSoundTopics(table: NamedTable): void {
  const problems = topicRules(table).map(({ explanation }) => explanation);
  if (problems.length > 0) throw new BootProblem(problems.join('\n'));
}
