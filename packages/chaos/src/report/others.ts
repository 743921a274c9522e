import type { Books } from '@quadrille/audit';
import type { InjectedFault } from '../injected-fault.js';
import { isNarrow } from '../schedule/kinds.js';
import { OTHERS_END_WITHIN_MS, SETTLED_MS } from '../schedule/schedule.js';

/** Results of orders placed during a narrow fault that does not affect them. */
export interface Others {
  readonly judged: number;
  readonly slowestMs: number;
  /** Orders that took longer than {@link OTHERS_END_WITHIN_MS}. */
  readonly late: number;
}

type Order = Books['orders'][number];

/** Selects and measures the orders that were placed during narrow faults only. */
export function othersOf(injected: readonly InjectedFault[], orders: readonly Order[]): Others {
  const narrow = injected.filter(({ fault }) => isNarrow(fault.kind));
  const wide = injected.filter(({ fault }) => !isNarrow(fault.kind));
  const took = orders
    .filter(({ placedAt, items }) => {
      const until = placedAt + OTHERS_END_WITHIN_MS;
      return (
        narrow.some(({ injectedAt, liftedAt }) => injectedAt <= placedAt && placedAt <= liftedAt) &&
        !wide.some(({ injectedAt, liftedAt }) => injectedAt <= until && placedAt <= liftedAt + SETTLED_MS) &&
        !narrow.some((each) => each.injectedAt <= until && placedAt <= each.liftedAt && holds(each, items))
      );
    })
    .map(({ placedAt, endedAt }) => (endedAt ?? Number.POSITIVE_INFINITY) - placedAt);
  const late = took.filter((ms) => ms > OTHERS_END_WITHIN_MS).length;
  return { judged: took.length, slowestMs: Math.max(0, ...took), late };
}

const holds = ({ fault }: InjectedFault, items: Order['items']): boolean =>
  fault.kind === 'row-held' && items.some(({ sku }) => sku === fault.detail);
