import { type Choreography, eventsHandledBy } from '@quadrille/choreography';
import type { Ended, ServiceName, StepName } from './protocol.js';

/** A row of the table, as an orchestrator reads it. */
export interface NextStep {
  readonly by: ServiceName;
  readonly step: StepName;
}

/** The services of the lab; a mail may be sent by anyone who hears the ending. */
const CALLED: ReadonlySet<string> = new Set(['order', 'payment', 'inventory', 'shipping']);

/** Stands for the command that begins a saga. */
export const BEGUN = 'POST /orders';

/** The row that goes on after an event: the one of the saga itself. */
export function rowHearing({ rows }: Choreography, type: string): NextStep {
  for (const [step, row] of Object.entries(rows)) {
    const begins = 'kind' in row.handles && row.handles.kind === 'command' && row.handles.request === type;
    if (row.role === undefined && (begins || eventsHandledBy(row).some(({ name }) => name === type))) {
      return { by: row.service as ServiceName, step: step as StepName };
    }
  }
  throw new Error(`No row goes on after ${type}.`);
}

/** The rows that follow an ending. */
export const effectsAfter = ({ rows }: Choreography, type: string): NextStep[] =>
  Object.entries(rows).flatMap(([step, row]) =>
    row.role === 'follow-up' && CALLED.has(row.service) && eventsHandledBy(row).some(({ name }) => name === type)
      ? [{ by: row.service as ServiceName, step: step as StepName }]
      : [],
  );

/** How the saga has ended, if this event ends it. */
export function endingOf({ endings }: Choreography, type: string): Ended['status'] | undefined {
  const found = Object.entries(endings).find(([, { name }]) => name === type);
  return found?.[0] as Ended['status'] | undefined;
}
