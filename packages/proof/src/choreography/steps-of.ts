import {
  type Choreography,
  eventsHandledBy,
  eventsOf,
  type QuadrilleConfig,
  type Row,
  type ServiceSteps,
  type Step,
} from '@quadrille/choreography';
import { Unusable } from './unusable.js';

/** Returns the steps of each service for a command, checked against the table. Throws {@link Unusable} with the correction. */
export function stepsOf({ choreography, services }: QuadrilleConfig, command: 'explore' | 'simulate'): ServiceSteps[] {
  if (!services?.length) {
    throw new Unusable(
      `${command} runs the steps of the services: add services: [serviceSteps(…), …] to the configuration file.`,
    );
  }
  const parts = services.map((service): ServiceSteps => ('service' in service ? service : service.steps));
  for (const [name, row] of Object.entries<Row>(choreography.rows)) {
    const part = parts.find(({ service }) => service === row.service);
    const step = part?.steps.find((each) => each.name === name);
    // A service with only follow-ups may be omitted.
    if (!part && isAfterwards(choreography, row.service)) continue;
    if (!step)
      throw new Unusable(`The row '${name}' has no step among the services: add the steps of '${row.service}'.`);
    mustBePure(step, row, command);
  }
  if (command === 'explore') for (const part of parts) mustCallOnce(choreography, part);
  return parts;
}

const isAfterwards = ({ rows }: Choreography, service: string): boolean =>
  Object.values(rows).every((row) => row.service !== service || row.role === 'follow-up');

function mustBePure({ name, handle, call }: Step, row: Row, command: string): void {
  if (handle) {
    throw new Unusable(
      `The step '${name}' has handle, which runs inside a transaction: ${command} can only run steps that have decide.`,
    );
  }
  if (command === 'explore' && call && 'kind' in row.handles) {
    throw new Unusable(
      `The step '${name}' has call, and begins with a ${row.handles.kind}: explore can only run call where a step handles an event.`,
    );
  }
}

/** Checks that a service calls at most one gateway per event. */
function mustCallOnce({ rows }: Choreography, { service, steps }: ServiceSteps): void {
  for (const event of eventsOf(rows)) {
    const calling = steps.filter(({ name, call }) => call && rows[name] && eventsHandledBy(rows[name]).includes(event));
    if (calling.length > 1) {
      const names = calling.map(({ name }) => `'${name}'`).join(' and ');
      throw new Unusable(
        `In '${service}', ${names} have call for ${event.name}: explore can run one such step for an event.`,
      );
    }
  }
}
