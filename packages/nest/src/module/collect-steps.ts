import type { DiscoveryService } from '@nestjs/core';
import type { Rows, ServiceSteps, Step } from '@quadrille/choreography';
import { BootProblem } from '../boot-problems.js';
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
  const found = new Map<string, Step>();
  const problems: string[] = [];
  for (const step of [...steps, ...classSteps(rows, service, discovery)]) {
    if (found.has(step.name)) problems.push(`Two steps are written for the row '${step.name}': remove one.`);
    if (rows[step.name]?.service !== service) {
      problems.push(`The service '${service}' has no row '${step.name}': remove the step, or correct its name.`);
    }
    found.set(step.name, step);
  }
  for (const [name, row] of Object.entries(rows)) {
    if (row.service !== service || found.has(name)) continue;
    const written = `${name}.step.ts with a class that has @Step(…, '${name}')`;
    problems.push(`The row '${name}' of '${service}' has no step: write ${written}, and add it to the providers.`);
  }
  if (!Object.values(rows).some((row) => row.service === service)) {
    const known = [...new Set(Object.values(rows).map((row) => row.service))].join(', ');
    problems.push(`The choreography '${choreography.system}' has no service '${service}'; it has ${known}.`);
  }
  if (problems.length > 0) throw new BootProblem(problems.join('\n'));
  return { service, steps: [...found.values()] };
}

function classSteps(rows: Rows, service: string, discovery: DiscoveryService): Step[] {
  return discovery.getProviders().flatMap(({ metatype, instance }) => {
    const metadata: StepMetadata | undefined = metatype && Reflect.getMetadata(STEP, metatype);
    if (!metadata || metadata.rows !== rows || rows[metadata.name]?.service !== service) return [];
    if (!instance) throw new BootProblem(`The step '${metadata.name}' is request-scoped; a step must be a singleton.`);
    return [stepFrom(metadata.name, rows[metadata.name]!, instance)];
  });
}
