import type { DiscoveryService } from '@nestjs/core';
import type { Rows, ServiceSteps, Step } from '@quadrille/choreography';
import { BootProblem } from '../boot-problems.js';
import { stepProblems } from '../choreography-problems.js';
import type { FeatureOptions } from './feature.js';
import { STEP, type StepMetadata, stepFrom } from './step.js';

/**
 * Collects one step for each row of the service, from the list and the `@Step` classes. Throws a {@link BootProblem} with the
 * missing code.
 */
export function collectSteps(
  { choreography, service, steps = [] }: FeatureOptions,
  discovery: DiscoveryService,
): ServiceSteps {
  const rows: Rows = choreography.rows;
  const all = [...steps, ...classSteps(rows, service, discovery)];
  const write = (name: string) =>
    `${name}.step.ts with a class that has @Step(…, '${name}'), and add it to the providers`;
  const problems = stepProblems(rows, service, all, write);
  if (!Object.values(rows).some((row) => row.service === service)) {
    const known = [...new Set(Object.values(rows).map((row) => row.service))].join(', ');
    problems.push(`The choreography '${choreography.system}' has no service '${service}'; it has ${known}.`);
  }
  if (problems.length > 0) throw new BootProblem(problems.join('\n'));
  return { service, steps: all };
}

function classSteps(rows: Rows, service: string, discovery: DiscoveryService): Step[] {
  return discovery.getProviders().flatMap(({ metatype, instance }) => {
    const metadata: StepMetadata | undefined = metatype && Reflect.getMetadata(STEP, metatype);
    if (!metadata || metadata.rows !== rows || rows[metadata.name]?.service !== service) return [];
    if (!instance) throw new BootProblem(`The step '${metadata.name}' is request-scoped; a step must be a singleton.`);
    return [stepFrom(metadata.name, rows[metadata.name]!, instance)];
  });
}
