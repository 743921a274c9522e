import { Injectable } from '@nestjs/common';
import { topicConflicts } from '@quadrille/choreography';
import { Problem } from '@quadrille/runtime';
import { BootProblem } from '../boot-problems.js';
import type { ChoreographyService } from './choreography-service.js';

/** Services of one application share one database, in which a step is identified by its name. */
function conflictsOf(service: ChoreographyService, other: ChoreographyService): string[] {
  const twice = service.stepNames.filter((name) => other.stepNames.includes(name));
  return [
    ...topicConflicts(other.choreography, service.choreography),
    ...twice.map(
      (name) =>
        `${other.name} and ${service.name} both have a step '${name}', and share one database: rename the row and the step in one of them.`,
    ),
  ];
}

/** The choreography services in this application, by name. */
@Injectable()
export class Services {
  private readonly byName = new Map<string, ChoreographyService>();

  /** Throws a {@link BootProblem} if the service already exists, or conflicts with another one. */
  add(service: ChoreographyService): void {
    if (this.byName.has(service.name)) {
      throw new BootProblem(
        `The service ${service.name} runs twice in this application: call QuadrilleModule.forFeature() once and import its result.`,
      );
    }
    const problems = this.all().flatMap((other) => conflictsOf(service, other));
    if (problems.length > 0) throw new BootProblem([...new Set(problems)].join('\n'));
    this.byName.set(service.name, service);
  }

  all(): readonly ChoreographyService[] {
    return [...this.byName.values()];
  }

  /** Throws a problem 404 for an unknown service. */
  named(name: string): ChoreographyService {
    const service = this.byName.get(name);
    if (service) return service;
    throw new Problem(
      404,
      'unknown-service',
      `There is no service ${name}; there is ${[...this.byName.keys()].join(', ')}.`,
    );
  }

  /** The steps of the other services: all services of an application park in one database. */
  stepsBeside(service: ChoreographyService): string[] {
    return this.all().flatMap((other) => (other === service ? [] : other.stepNames));
  }
}
