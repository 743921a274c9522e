import { type Choreography, eventsHandledBy } from '@quadrille/choreography';
import type { OrderResult, ServiceName, StepName } from './protocol.js';

/** A row of the table, from an orchestrator's view. */
export interface NextStep {
  readonly by: ServiceName;
  readonly step: StepName;
}

/** The services of the lab. Notification is excluded, because the lab sends no mail. */
const CALLED: ReadonlySet<string> = new Set(['order', 'payment', 'inventory', 'shipping']);

/** Stands for the command that starts a saga. */
export const BEGUN = 'POST /orders';

/** The next row of the saga after an event. */
export function rowHandling({ rows }: Choreography, type: string): NextStep {
  for (const [step, row] of Object.entries(rows)) {
    const begins = 'kind' in row.handles && row.handles.kind === 'command' && row.handles.request === type;
    if (row.role === undefined && (begins || eventsHandledBy(row).some(({ name }) => name === type))) {
      return { by: row.service as ServiceName, step: step as StepName };
    }
  }
  throw new Error(`No row handles ${type}.`);
}

/** The follow-up rows of an ending. */
export const effectsAfter = ({ rows }: Choreography, type: string): NextStep[] =>
  Object.entries(rows).flatMap(([step, row]) =>
    row.role === 'follow-up' && CALLED.has(row.service) && eventsHandledBy(row).some(({ name }) => name === type)
      ? [{ by: row.service as ServiceName, step: step as StepName }]
      : [],
  );

/** The ending of the saga, if this event ends it. */
export function endingOf({ endings }: Choreography, type: string): OrderResult['status'] | undefined {
  const found = Object.entries(endings).find(([, { name }]) => name === type);
  return found?.[0] as OrderResult['status'] | undefined;
}
