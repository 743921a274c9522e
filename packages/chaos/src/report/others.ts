import type { Books } from '@quadrille/audit';
import type { InjectedFault } from '../injected-fault.js';
import { isNarrow } from '../schedule/kinds.js';
import { OTHERS_END_WITHIN_MS, SETTLED_MS } from '../schedule/schedule.js';

/** What became of orders placed while something narrow was wrong that they had nothing to do with. */
export interface Others {
  readonly judged: number;
  readonly slowestMs: number;
  /** How many needed longer than {@link OTHERS_END_WITHIN_MS}. */
  readonly late: number;
}

type Order = Books['orders'][number];

/** Judges the orders that were placed beside narrow faults, and under no other. */
export function othersOf(struck: readonly InjectedFault[], orders: readonly Order[]): Others {
  const narrow = struck.filter(({ fault }) => isNarrow(fault.kind));
  const wide = struck.filter(({ fault }) => !isNarrow(fault.kind));
  const took = orders
    .filter(({ placedAt, items }) => {
      const until = placedAt + OTHERS_END_WITHIN_MS;
      return (
        narrow.some(({ struckAt, liftedAt }) => struckAt <= placedAt && placedAt <= liftedAt) &&
        !wide.some(({ struckAt, liftedAt }) => struckAt <= until && placedAt <= liftedAt + SETTLED_MS) &&
        !narrow.some((each) => each.struckAt <= until && placedAt <= each.liftedAt && holds(each, items))
      );
    })
    .map(({ placedAt, endedAt }) => (endedAt ?? Number.POSITIVE_INFINITY) - placedAt);
  const late = took.filter((ms) => ms > OTHERS_END_WITHIN_MS).length;
  return { judged: took.length, slowestMs: Math.max(0, ...took), late };
}

const holds = ({ fault }: InjectedFault, items: Order['items']): boolean =>
  fault.kind === 'row-held' && items.some(({ sku }) => sku === fault.detail);
