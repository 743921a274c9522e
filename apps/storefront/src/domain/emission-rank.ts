import { type Emission, endings, type Row } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';

const rows: ReadonlyMap<string, Row> = new Map(Object.entries(checkout.rows));
const nameOf = ({ step, event }: Emission): string => `${step} ${event.name}`;
const serviceOf = ({ step }: Emission): string => rows.get(step)!.service;

/** By emission: all earlier emissions of the same service in any possible saga. */
const predecessors = new Map<string, Set<string>>();
for (const { path } of endings(checkout)) {
  for (const [nth, emission] of path.entries()) {
    const before = predecessors.get(nameOf(emission)) ?? new Set();
    predecessors.set(nameOf(emission), before);
    for (const earlier of path.slice(0, nth)) {
      if (serviceOf(earlier) === serviceOf(emission)) before.add(nameOf(earlier));
    }
  }
}

const inSaga = (name: string): number => Math.max(0, ...[...predecessors.get(name)!].map((each) => inSaga(each) + 1));
const ranks = new Map([...predecessors.keys()].map((name) => [name, inSaga(name)]));
/** A follow-up runs after the ending. */
const AFTERWARDS = Math.max(...ranks.values()) + 1;
for (const [step, { role, emits }] of rows) {
  if (role === 'follow-up') for (const event of emits) ranks.set(nameOf({ step, event }), AFTERWARDS);
}

/**
 * The place of an emission among those of its service in one saga: the table allows one order only, and two of the same rank never
 * both occur. Undefined for an emission that is not in the table.
 */
export const emissionRank = ({
  service,
  step,
  type,
}: Record<'service' | 'step' | 'type', string>): number | undefined =>
  rows.get(step)?.service === service ? ranks.get(`${step} ${type}`) : undefined;
